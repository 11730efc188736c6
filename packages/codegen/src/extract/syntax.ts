import { ts } from "#compiler";
import type { FileFacts, Problem } from "../facts.js";
import { collectDeclarations } from "./declarations.js";
import { createScope } from "./scope.js";
import { spanOf } from "./span.js";

/**
 * What a file says about tasks, read from its syntax alone: no other file, no type checker.
 * @param fileName decides between TypeScript, TSX and JavaScript.
 */
export function extractFacts(fileName: string, text: string): FileFacts {
  const file = parse(fileName, text);
  const problems = syntaxProblems(file);
  if (problems.length > 0) return { tasks: [], factories: {}, reexports: [], problems };
  return collectDeclarations(createScope(file));
}

// Doc comments are read from the text of the few declarations that matter, so the parser need not read them all.
function parse(fileName: string, text: string): ts.SourceFile {
  const options = { languageVersion: ts.ScriptTarget.ESNext, jsDocParsingMode: ts.JSDocParsingMode.ParseNone };
  return ts.createSourceFile(fileName, text, options, false);
}

/** The parser's findings; the property is on every source file, though not in its declared type. */
function syntaxProblems(file: ts.SourceFile): Problem[] {
  const { parseDiagnostics = [] } = file as { parseDiagnostics?: readonly ts.DiagnosticWithLocation[] };
  return parseDiagnostics.map((diagnostic) => ({
    code: "TG1001",
    severity: "error",
    message: `this does not parse: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, " ")}`,
    span: spanOf(file, diagnostic.start, diagnostic.start + diagnostic.length),
  }));
}
