import { formatDiagnostics, type Diagnostic } from "@taskgen/codegen";

/** A finding as bundlers take it. */
export interface Finding {
  readonly message: string;
  readonly id?: string;
  readonly loc?: { readonly file: string; readonly line: number; readonly column: number };
  /** The line with what is meant under it. */
  readonly frame?: string;
}

/** Bundlers show place and code frame themselves, and count columns from 0. */
export function findingOf({ code, message, why, fix, file, at }: Diagnostic): Finding {
  const reasons = [why && `why: ${why}`, fix && `fix: ${fix}`].filter((line) => line !== undefined);
  return {
    message: [`${code}: ${message}`, ...reasons].join("\n  "),
    ...(file !== undefined && { id: file }),
    ...(at !== undefined && { loc: { file: at.file, line: at.line, column: at.column - 1 }, frame: frameOf(at) }),
  };
}

function frameOf({ line, column, length, text }: NonNullable<Diagnostic["at"]>): string {
  const gutter = `${line} | `;
  return `${gutter}${text}\n${" ".repeat(gutter.length + column - 1)}${"^".repeat(Math.max(1, length))}`;
}

export const errorsOf = (diagnostics: readonly Diagnostic[]): Diagnostic[] =>
  diagnostics.filter(({ severity }) => severity === "error");

export const warningsOf = (diagnostics: readonly Diagnostic[]): Diagnostic[] =>
  diagnostics.filter(({ severity }) => severity === "warning");

/** As the command prints them; for bundlers that take text alone. */
export const textOf = (diagnostics: readonly Diagnostic[]): string => formatDiagnostics(diagnostics, "pretty");
