import { ts } from "#compiler";
import { declaredNames } from "./statements.js";
import { giveUp } from "./undecided.js";

/** A file that types are written in. */
export interface WrittenFile {
  readonly source: ts.SourceFile;
  /** The files of the project that its imports lead to, by how they are written there. */
  readonly imports: Readonly<Record<string, string>>;
}

/** A type that is declared at the top level of a file. */
export interface Declared {
  readonly declaration: ts.InterfaceDeclaration | ts.TypeAliasDeclaration;
  readonly file: WrittenFile;
}

/** A name that another module exports. */
interface Imported {
  readonly from: string;
  readonly name: string;
}

/** What a name may stand for where a type is expected. */
type Meaning = Declared["declaration"] | Imported | "other";

/** Finds the types that names stand for, from file to file. */
export class Modules {
  readonly #open: (path: string) => WrittenFile | undefined;
  readonly #meanings = new Map<WrittenFile, ReadonlyMap<string, readonly Meaning[]>>();

  /** @param open gives the file at a path, always the same; `undefined` for one whose types are not to be read. */
  constructor(open: (path: string) => WrittenFile | undefined) {
    this.#open = open;
  }

  /** The declaration of a type by a name that a file uses; `undefined` where the file does not declare the name. */
  resolve(name: string, file: WrittenFile): Declared | undefined {
    const meaning = this.#meaning(name, file);
    if (meaning === "other") return giveUp();
    if (meaning === undefined || "kind" in meaning) return meaning && { declaration: meaning, file };
    return this.#exported(meaning.name, this.#target(meaning, file));
  }

  /** The module and the name that a name is imported from; `undefined` for other names. */
  importOf(name: string, file: WrittenFile): Imported | undefined {
    const meaning = this.#meaning(name, file);
    return typeof meaning === "object" && "from" in meaning ? meaning : undefined;
  }

  #target({ from }: Imported, { imports }: WrittenFile): WrittenFile {
    const path = Object.hasOwn(imports, from) ? imports[from] : undefined;
    return (path === undefined ? undefined : this.#open(path)) ?? giveUp();
  }

  /** n.b. what is exported in another way, or passed on, is left to the checker. */
  #exported(name: string, file: WrittenFile): Declared {
    const meaning = this.#meaning(name, file);
    const isExported = typeof meaning === "object" && "kind" in meaning && isNamedExport(meaning);
    return isExported ? { declaration: meaning, file } : giveUp();
  }

  /** The only meaning of a name as a type. */
  #meaning(name: string, file: WrittenFile): Meaning | undefined {
    const meanings = this.#meanings.get(file) ?? meaningsIn(file.source);
    this.#meanings.set(file, meanings);
    const [first, ...others] = meanings.get(name) ?? [];
    return others.length === 0 ? first : giveUp();
  }
}

function isNamedExport({ modifiers }: Declared["declaration"]): boolean {
  const kinds = Array.from(modifiers ?? [], ({ kind }) => kind);
  return kinds.includes(ts.SyntaxKind.ExportKeyword) && !kinds.includes(ts.SyntaxKind.DefaultKeyword);
}

/** By name. */
function meaningsIn(file: ts.SourceFile): ReadonlyMap<string, readonly Meaning[]> {
  const found = new Map<string, Meaning[]>();
  for (const statement of file.statements) {
    for (const [name, meaning] of meaningsOf(statement)) found.set(name, [...(found.get(name) ?? []), meaning]);
  }
  return found;
}

function meaningsOf(statement: ts.Statement): (readonly [name: string, meaning: Meaning])[] {
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
    return [[statement.name.text, statement]];
  }
  // What these declare may add to types of any name.
  if (ts.isModuleDeclaration(statement) || ts.isImportEqualsDeclaration(statement)) return giveUp();
  if (ts.isImportDeclaration(statement)) return importsOf(statement);
  const isType = ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement);
  return isType ? declaredNames(statement).map((name) => [name, "other"]) : [];
}

function importsOf({ importClause, moduleSpecifier }: ts.ImportDeclaration): (readonly [string, Meaning])[] {
  if (importClause === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
  const { name: defaultName, namedBindings: bindings } = importClause;
  const whole = bindings !== undefined && ts.isNamespaceImport(bindings) ? [bindings.name] : [];
  const others = [...(defaultName === undefined ? [] : [defaultName]), ...whole];
  const elements = bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements : [];
  return [
    ...others.map(({ text }) => [text, "other"] as const),
    ...elements.map(({ name, propertyName }) => {
      return [name.text, { from: moduleSpecifier.text, name: (propertyName ?? name).text }] as const;
    }),
  ];
}
