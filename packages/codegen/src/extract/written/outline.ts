import { ts } from "#compiler";
import { hashOf } from "../../cache-file.js";
import { references, shapeOfStatement, silentBodyOf } from "../types/shape.js";
import { declaredNames, isQuiet } from "./statements.js";

/** What the types of a file's exported constants come from within the file, told by hashes. */
export interface Outline {
  /** Of its imports and exports. */
  readonly frame: string;
  /** By exported name: of the statements that its types may depend on, and of the frame. */
  readonly constants: Readonly<Record<string, string>>;
}

/** A statement that others may refer to. */
interface Part {
  readonly shape: string;
  readonly names: readonly string[];
  readonly mentions: ReadonlySet<string>;
}

/** Modules that are loaded or named in the midst of code are no part of the frame. */
const INNER_IMPORT = /\bimport\s*[(/.]|\brequire\b/;

/**
 * The outline of a file; `undefined` for one whose statements do more than declare: then each may decide the types of any.
 * A constant depends on the statements whose names it mentions, on those whose names these mention, and so on. A name that
 * is mentioned without being declared may be declared later: then its statement joins, and the hash is another.
 */
export function outlineOf(file: ts.SourceFile): Outline | undefined {
  if (!/\.[cm]?ts$/.test(file.fileName) || INNER_IMPORT.test(file.text) || !file.statements.every(isQuiet)) {
    return undefined;
  }
  const outer = file.statements.filter(isOfFrame).map((statement) => shapeOfStatement(file, statement));
  const frame = digest(...references(file), ...outer);
  const parts = file.statements.filter((statement) => !isOfFrame(statement)).map((part) => partOf(file, part));
  const byName = new Map<string, Part[]>();
  for (const part of parts) for (const name of part.names) byName.set(name, [...(byName.get(name) ?? []), part]);
  const constants = exportedConstants(file).map((name) => {
    const reached = reachedFrom(byName.get(name) ?? [], byName);
    return [name, digest(frame, ...parts.filter((part) => reached.has(part)).map(({ shape }) => shape))] as const;
  });
  return { frame, constants: Object.fromEntries(constants) };
}

const digest = (...texts: readonly string[]): string => hashOf(...texts).slice(0, 32);

const isOfFrame = (statement: ts.Statement): boolean =>
  ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) || ts.isExportAssignment(statement);

const partOf = (file: ts.SourceFile, statement: ts.Statement): Part => ({
  shape: shapeOfStatement(file, statement),
  names: declaredNames(statement),
  mentions: mentionsIn(statement, new Set()),
});

/** Every name in the shape of a node, whatever it stands for. */
function mentionsIn(node: ts.Node, found: Set<string>): ReadonlySet<string> {
  if (ts.isIdentifier(node)) found.add(node.text);
  const silent = silentBodyOf(node);
  ts.forEachChild(node, (child) => void (child !== silent && mentionsIn(child, found)));
  return found;
}

function reachedFrom(start: readonly Part[], byName: ReadonlyMap<string, readonly Part[]>): ReadonlySet<Part> {
  const reached = new Set(start);
  for (const { mentions } of reached) {
    for (const name of mentions) for (const part of byName.get(name) ?? []) reached.add(part);
  }
  return reached;
}

const exportedConstants = (file: ts.SourceFile): string[] =>
  file.statements
    .filter(ts.isVariableStatement)
    .filter(({ modifiers }) => modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
    .flatMap(declaredNames);
