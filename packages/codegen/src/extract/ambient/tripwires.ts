import { ts } from "#compiler";
import type { AmbientSlice } from "./ambient-slice.js";

/** Not in the compiler's declared types. */
interface Inner {
  readonly bindSourceFile: (file: ts.SourceFile, options: ts.CompilerOptions) => void;
  readonly objectAllocator: { getSymbolConstructor(): new (flags: ts.SymbolFlags, name: ts.__String) => ts.Symbol };
}

const { bindSourceFile, objectAllocator } = ts as typeof ts & Inner;

/** The table of what a script declares. */
type Bound = ts.SourceFile & { readonly locals?: Map<ts.__String, ts.Symbol> };

/**
 * Puts a symbol in the place of each absent name, by which it is known when somebody looks it up: a checker looks at the flags
 * of whatever symbol it finds, before anything else. The symbols are among those of one file of the slice, which is bound.
 * @returns whether that can be told of every absent name
 */
export function setTripwires(program: ts.Program, slice: AmbientSlice): boolean {
  const files = [...slice.paths].map((path) => program.getSourceFile(path));
  const script: Bound | undefined = files.find((file) => file !== undefined && !ts.isExternalModule(file));
  if (script === undefined || files.includes(undefined)) return false;
  bindSourceFile(script, program.getCompilerOptions());
  for (const name of slice.absent) {
    const key = ts.escapeLeadingUnderscores(name);
    if (script.locals === undefined || script.locals.has(key)) return false;
    script.locals.set(
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
