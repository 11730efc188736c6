import { ts } from "#compiler";

/**
 * The part of a file's text that decides which types it has, for itself and for others: without the comments between its
 * statements, and without the bodies of functions that say what they return. Files of one shape have the same types.
 */
export function shapeOf(file: ts.SourceFile): string {
  // In JavaScript comments are types, and what a body assigns declares members.
  if (/\.[cm]?jsx?$/.test(file.fileName)) return file.text;
  return [...references(file), ...file.statements.map((statement) => shapeOfStatement(file, statement))].join("\n");
}

/** The shape of a text. */
export const shapeOfText = (fileName: string, text: string): string =>
  shapeOf(ts.createSourceFile(fileName, text, PARSING, false));

const PARSING = { languageVersion: ts.ScriptTarget.ESNext, jsDocParsingMode: ts.JSDocParsingMode.ParseNone };

/** What a file refers to by comments that are no comments. */
export const references = ({
  referencedFiles,
  typeReferenceDirectives,
  libReferenceDirectives,
}: ts.SourceFile): string[] =>
  [referencedFiles, typeReferenceDirectives, libReferenceDirectives].map((list) =>
    JSON.stringify(list.map(({ fileName }) => fileName)),
  );

/** The shape of one statement. */
export function shapeOfStatement(file: ts.SourceFile, statement: ts.Statement): string {
  const kept: string[] = [];
  let from = statement.getStart(file);
  for (const body of silentBodies(statement)) {
    kept.push(file.text.slice(from, body.getStart(file)));
    from = body.end;
  }
  return [...kept, file.text.slice(from, statement.end)].join("…");
}

/** The bodies of functions whose result is written, in order; those within them are not looked for. */
function* silentBodies(node: ts.Node): Generator<ts.Node> {
  const body = silentBodyOf(node);
  if (body !== undefined) {
    yield body;
    return;
  }
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* silentBodies(child);
}

/**
 * The body of a function that says what it returns.
 * n.b. a constructor's body may decide the types of properties
 */
export function silentBodyOf(node: ts.Node): ts.Node | undefined {
  if (!ts.isFunctionLike(node) || ts.isConstructorDeclaration(node) || node.type === undefined) return undefined;
  return "body" in node ? node.body : undefined;
}
