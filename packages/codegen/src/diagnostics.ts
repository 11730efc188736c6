import type { Problem } from "./facts.js";
import type { Span } from "./model.js";
import { compareCodeUnits } from "./order.js";

/** Every code that the generator reports; docs/errors.md has a paragraph for each. */
export type DiagnosticCode =
  | "TG1001"
  | "TG1003"
  | "TG1004"
  | "TG1005"
  | "TG1006"
  | "TG1007"
  | "TG1010"
  | "TG1011"
  | "TG1012"
  | "TG1013"
  | "TG1014"
  | "TG1015"
  | SerializabilityCode
  | ContractCode
  | "TG4001"
  | "TG4002"
  | "TG4003"
  | "TG4004";

/** Types that would not survive the trip. */
export type SerializabilityCode =
  /** a function */
  | "TG2001"
  /** a symbol, or a property under one */
  | "TG2002"
  /** a Promise or another thenable */
  | "TG2003"
  /** a stream, iterator or generator */
  | "TG2004"
  /** a class that the codec does not know */
  | "TG2005"
  /** a class of the platform that the codec does not carry: RegExp, WeakMap, Blob … */
  | "TG2006"
  /** a type parameter, or a type that depends on one */
  | "TG2007"
  /** `any`, `unknown`, `object`, `{}`: nothing is known of the value */
  | "TG2008"
  /** an optional function property, which is dropped */
  | "TG2009"
  /** the schema of `args` does not fit the parameters */
  | "TG2010"
  /** the key of an option leads to nothing that can be a key */
  | "TG2011";

/** The contract and what it was. */
export type ContractCode =
  /** a change that breaks */
  | "TG3001"
  /** a change that may break */
  | "TG3002"
  /** tasks.contract.json is not what the code says */
  | "TG3003"
  /** tasks.contract.json cannot be read */
  | "TG3004"
  /** the types that were printed are not those of the source */
  | "TG3005";

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
