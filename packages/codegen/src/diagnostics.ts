import type { Problem } from "./facts.js";
import type { Span } from "./model.js";
import { compareCodeUnits } from "./order.js";

/** Every code that the generator reports; docs/errors.md has a paragraph for each. */
export type DiagnosticCode =
  | "TG1001"
  | "TG1003"
  | "TG1004"
  | "TG1005"
  | "TG1010"
  | "TG1011"
  | "TG1012"
  | "TG1013"
  | "TG1014"
  | "TG4001"
  | "TG4002";

export type Severity = "error" | "warning";

/** A span of a file, with the text of its line for the code frame. */
export interface Place extends Span {
  /** Relative to the project, with `/`. */
  readonly file: string;
  readonly text: string;
}

/** Another place that has to do with a diagnostic. */
export interface RelatedPlace {
  readonly message: string;
  readonly at: Place;
}

/** One finding: what is wrong and where, why it matters, what to do. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  readonly why?: string;
  readonly fix?: string;
  /** The file, where the finding is about a file as a whole or `at` says more. */
  readonly file?: string;
  readonly at?: Place;
  readonly related?: readonly RelatedPlace[];
}

/** The place of a span in a file with the given text. */
export function placeOf(file: string, text: string, span: Span): Place {
  const line = text.split("\n", span.line)[span.line - 1] ?? "";
  return { file, line: span.line, column: span.column, length: span.length, text: line.replace(/\r$/, "") };
}

/** A finding of one file's facts, with its place. */
export function locate(problem: Problem, file: string, text: string): Diagnostic {
  const { span, ...rest } = problem;
  return { ...rest, file, at: placeOf(file, text, span) };
}

/** By file, line, column, code; each finding once. */
export function sortDiagnostics(diagnostics: Iterable<Diagnostic>): Diagnostic[] {
  const unique = new Map<string, Diagnostic>();
  for (const diagnostic of diagnostics) unique.set(keyOf(diagnostic), diagnostic);
  return [...unique.values()].toSorted(compareDiagnostics);
}

const keyOf = ({ code, file, at, message }: Diagnostic): string =>
  JSON.stringify([code, file, at?.line, at?.column, message]);

function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareCodeUnits(a.file ?? "", b.file ?? "") ||
    (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
    (a.at?.column ?? 0) - (b.at?.column ?? 0) ||
    compareCodeUnits(a.code, b.code) ||
    compareCodeUnits(a.message, b.message)
  );
}
