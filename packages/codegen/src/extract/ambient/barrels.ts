import { ts } from "#compiler";
import type { AmbientFile, AmbientUnit } from "./units.js";

/** A program, and where the imports of its files lead to. */
export interface Reaching {
  readonly program: ts.Program;
  /** The files that the imports of a file lead to, by how they are written there. */
  readonly targetsOf: (file: string) => ReadonlyMap<string, string>;
  /** A file and all that it leads to. */
  readonly reachedFrom: (file: string) => readonly string[];
  /** Whether a file by itself can be left out where nobody asks for what it exports. */
  readonly isPlain: (file: string) => boolean;
}

/**
 * The declarations of packages that do nothing but name what other files export, each `export { … } from "…"` a part. What they
 * name is most of a package, of which a task file needs little. A part that leads to more than names stays in each slice.
 * n.b. also where another one leads there: which comes first may decide what overloads mean
 */
export function barrels({ program, targetsOf, reachedFrom, isPlain }: Reaching): AmbientFile[] {
  return program.getSourceFiles().flatMap((file) => {
    const statements = file.isDeclarationFile ? reexportsOf(file) : [];
    const targets = targetsOf(file.fileName);
    const isNeeded = ({ exportClause, moduleSpecifier }: Reexport): boolean =>
      exportClause.elements.length === 0 || !reachedFrom(targets.get(moduleSpecifier.text) ?? "").every(isPlain);
    const units = statements.map((one) => unitOf(file, one, isNeeded(one)));
    return units.some(({ names }) => names !== undefined) ? [{ ...SHAPE, path: file.fileName, units }] : [];
  });
}

const SHAPE = { head: "", isModule: true, isBarrel: true } as const;

type Reexport = ts.ExportDeclaration & {
  readonly exportClause: ts.NamedExports;
  readonly moduleSpecifier: ts.StringLiteral;
};

const isReexport = (statement: ts.Statement): statement is Reexport =>
  ts.isExportDeclaration(statement) &&
  statement.exportClause !== undefined &&
  ts.isNamedExports(statement.exportClause) &&
  statement.moduleSpecifier !== undefined &&
  ts.isStringLiteral(statement.moduleSpecifier);

/** All statements of a file that does nothing but export from others; none of any other. */
function reexportsOf(file: ts.SourceFile): readonly Reexport[] {
  const { referencedFiles, typeReferenceDirectives, libReferenceDirectives, statements } = file;
  const directives = [referencedFiles, typeReferenceDirectives, libReferenceDirectives].flat();
  const found = directives.length === 0 ? statements.filter(isReexport) : [];
  return found.length === statements.length ? found : [];
}

function unitOf(file: ts.SourceFile, statement: Reexport, isNeeded: boolean): AmbientUnit {
  const unit = { mentions: [], text: `${statement.getText(file)}\n` };
  return isNeeded ? unit : { names: statement.exportClause.elements.map(({ name }) => name.text), ...unit };
}
