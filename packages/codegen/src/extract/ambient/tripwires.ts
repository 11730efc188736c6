import { ts } from "#compiler";
import type { AmbientSlice } from "./ambient-slice.js";

/** Not in the compiler's declared types. */
interface Inner {
  readonly bindSourceFile: (file: ts.SourceFile, options: ts.CompilerOptions) => void;
  readonly objectAllocator: { getSymbolConstructor(): new (flags: ts.SymbolFlags, name: ts.__String) => ts.Symbol };
}

const { bindSourceFile, objectAllocator } = ts as typeof ts & Inner;

/** The tables of what a script declares, and of what a module exports. */
type Bound = ts.SourceFile & {
  readonly locals?: ts.SymbolTable;
  readonly symbol?: { readonly exports?: ts.SymbolTable };
};

/**
 * Puts a symbol in the place of each absent name, by which it is known when somebody looks it up: a checker looks at the flags
 * of whatever symbol it finds, before anything else. Those of globals are among the symbols of one script of the slice, those of a
 * barrel among what it exports.
 * @returns whether that can be told of every absent name
 */
export function setTripwires(program: ts.Program, slice: AmbientSlice): boolean {
  const { scripts } = slice;
  const files = scripts.map((path) => program.getSourceFile(path));
  const script = files.find((file) => file !== undefined && !ts.isExternalModule(file));
  if (script === undefined || files.includes(undefined)) return false;
  const bound = (file: ts.SourceFile): Bound => {
    bindSourceFile(file, program.getCompilerOptions());
    return file;
  };
  if (!setIn(bound(script).locals, slice, scripts)) return false;
  return slice.barrels.every((path) => {
    const barrel = program.getSourceFile(path);
    return barrel === undefined || setIn(bound(barrel).symbol?.exports, slice, [path]);
  });
}

function setIn(table: ts.SymbolTable | undefined, slice: AmbientSlice, paths: readonly string[]): boolean {
  for (const name of slice.absent(paths)) {
    const key = ts.escapeLeadingUnderscores(name);
    if (table === undefined || table.has(key)) return false;
    table.set(
      key,
      tripwire(key, () => slice.miss(name)),
    );
  }
  return true;
}

function tripwire(key: ts.__String, trip: () => void): ts.Symbol {
  const symbol = new (objectAllocator.getSymbolConstructor())(ts.SymbolFlags.None, key);
  const get = (): ts.SymbolFlags => {
    trip();
    return ts.SymbolFlags.None;
  };
  return Object.defineProperty(symbol, "flags", { get });
}
