import { ts } from "#compiler";
import { mentionsIn } from "./mentions.js";
import { withoutComments } from "./without-comments.js";

/** A part of a file that declares globals. */
export interface AmbientUnit {
  /** What it declares for all files: names, and modules in quotes; absent for one that belongs to every slice. */
  readonly names?: readonly string[];
  /** The names that it may refer to. */
  readonly mentions: readonly string[];
  readonly text: string;
}

/** A file that declares globals, or a barrel of a package, in parts that can be left out. */
export interface AmbientFile {
  readonly path: string;
  /** What it refers to by comments that are no comments. */
  readonly head: string;
  readonly isModule: boolean;
  /** Its names are those that it exports; absent for one that declares globals. */
  readonly isBarrel?: true;
  /** What it leads to in all. */
  readonly behind?: Behind;
  readonly units: readonly AmbientUnit[];
}

/** What the types of a file come from besides itself. Absolute paths. */
export interface Behind {
  /** Files of the project, or of workspaces linked into it. */
  readonly files: readonly string[];
  /** Files that would be among them if they existed. */
  readonly absent: readonly string[];
}

/** The parts of a file; `undefined` for one that has to be whole. */
export function ambientFileOf(file: ts.SourceFile): AmbientFile | undefined {
  const isModule = ts.isExternalModule(file);
  const found = isModule ? [moduleUnit(file)] : file.statements.map((statement) => unitOf(file, statement));
  // Every addition to globals must be known by name; what is added to other modules has none.
  const additions = found.reduce((sum, { globals }) => sum + globals, 0);
  if (augmentations(file).length !== additions || augmentations(file).some((name) => !ts.isIdentifier(name))) {
    return undefined;
  }
  return { path: file.fileName, head: headOf(file), isModule, units: found.map(({ unit }) => unit) };
}

interface Found {
  readonly unit: AmbientUnit;
  /** How many `global { … }` are in it. */
  readonly globals: number;
}

/** The property is on every file, though not in its declared type. */
export const augmentations = (file: ts.SourceFile): readonly ts.ModuleName[] =>
  (file as { readonly moduleAugmentations?: readonly ts.ModuleName[] }).moduleAugmentations ?? [];

function moduleUnit(file: ts.SourceFile): Found {
  const blocks = file.statements.filter(isGlobalBlock);
  const names = blocks.flatMap(statementsOf).flatMap((statement) => namesOf(statement) ?? []);
  const isNamed = blocks.flatMap(statementsOf).every((statement) => namesOf(statement) !== undefined);
  const unit = { mentions: mentionsIn(file), text: file.text.slice(headOf(file) === "" ? 0 : startOf(file)) };
  return { unit: isNamed && names.length > 0 ? { names, ...unit } : unit, globals: blocks.length };
}

function unitOf(file: ts.SourceFile, statement: ts.Statement): Found {
  const own = namesOf(statement);
  const blocks = statementsOf(statement).filter(isGlobalBlock);
  const inner = blocks.flatMap(statementsOf).map(namesOf);
  const unit = { mentions: mentionsIn(statement), text: withoutComments(file, statement) };
  const isNamed = own !== undefined && inner.every((names) => names !== undefined);
  const names = isNamed ? [...own, ...inner.flatMap((names) => names ?? [])] : undefined;
  return { unit: names === undefined ? unit : { names, ...unit }, globals: blocks.length };
}

/** The names that a statement declares; `undefined` where that cannot be told. n.b. those with a `*` are patterns. */
function namesOf(statement: ts.Statement): string[] | undefined {
  if (ts.isVariableStatement(statement)) {
    const names = statement.declarationList.declarations.map(({ name }) => name);
    return names.every(ts.isIdentifier) ? names.map(({ text }) => text) : undefined;
  }
  if (ts.isModuleDeclaration(statement) && ts.isStringLiteral(statement.name)) {
    return statement.name.text.includes("*") ? undefined : [JSON.stringify(statement.name.text)];
  }
  const isNamed =
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isModuleDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : undefined;
}

const isGlobalBlock = (statement: ts.Statement): boolean =>
  ts.isModuleDeclaration(statement) && ts.isIdentifier(statement.name) && statement.name.text === "global";

function statementsOf(statement: ts.Statement): readonly ts.Statement[] {
  const body = ts.isModuleDeclaration(statement) ? statement.body : undefined;
  return body !== undefined && ts.isModuleBlock(body) ? body.statements : [];
}

const startOf = (file: ts.SourceFile): number => file.statements[0]?.getStart(file) ?? file.text.length;

/** Lines such as `/// <reference types="node" />` before the first statement. */
const headOf = (file: ts.SourceFile): string =>
  file.text
    .slice(0, startOf(file))
    .split("\n")
    .filter((line) => /^\s*\/\/\//.test(line))
    .map((line) => `${line.trim()}\n`)
    .join("");
