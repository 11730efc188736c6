import type { Diagnostic, Place } from "./diagnostics.js";

/** `pretty` is for people, `json` for tools, `github` for annotations of GitHub Actions. */
export type DiagnosticFormat = "pretty" | "json" | "github";

const FORMATS = {
  pretty: (diagnostics) => diagnostics.map(pretty).join("\n\n"),
  json: (diagnostics) => JSON.stringify(diagnostics, undefined, 2),
  github: (diagnostics) => diagnostics.map(annotation).join("\n"),
} satisfies Record<DiagnosticFormat, (diagnostics: readonly Diagnostic[]) => string>;

/** Diagnostics as text without a final line feed; empty text for none, except `[]` for JSON. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], format: DiagnosticFormat): string {
  return FORMATS[format](diagnostics);
}

function pretty(diagnostic: Diagnostic): string {
  const { code, severity, message, why, fix, file, at, related = [] } = diagnostic;
  const where = at === undefined ? file : position(at);
  return [
    `${where === undefined ? "" : `${where} - `}${severity} ${code}: ${message}`,
    ...(at === undefined ? [] : ["", ...frame(at)]),
    ...(why === undefined && fix === undefined ? [] : [""]),
    ...(why === undefined ? [] : [`  why: ${why}`]),
    ...(fix === undefined ? [] : [`  fix: ${fix}`]),
    ...related.flatMap((place) => ["", `  ${position(place.at)} - ${place.message}`, ...frame(place.at).map(indent)]),
  ].join("\n");
}

const position = ({ file, line, column }: Place): string => `${file}:${line}:${column}`;

const indent = (line: string): string => `  ${line}`;

/** The line with its number, and under it what is meant. */
function frame(place: Place): string[] {
  const { column, length, text } = clip(place);
  const gutter = `${place.line} `;
  const before = text.slice(0, column - 1).replace(/[^\t]/g, " ");
  const marked = Math.max(1, Math.min(length, text.length - column + 1));
  return [`${gutter}${text}`, `${" ".repeat(gutter.length)}${before}${"~".repeat(marked)}`];
}

/** Longer lines are shown in part; generated declarations have lines of any length. */
const WIDTH = 200;

/** What of a line before the place that is meant is shown. */
const LEAD = 60;

function clip({ column, length, text }: Place): Pick<Place, "column" | "length" | "text"> {
  if (text.length <= WIDTH) return { column, length, text };
  const from = Math.max(0, column - 1 - LEAD);
  const to = from + WIDTH;
  const head = from > 0 ? "… " : "";
  const shown = text.slice(from, to);
  return {
    column: column - from + head.length,
    length: Math.min(length, to - column + 1),
    text: `${head}${shown}${to < text.length ? " …" : ""}`,
  };
}

/** A workflow command (`::error file=…::message`), escaped as the runner decodes it. */
function annotation(diagnostic: Diagnostic): string {
  const { code, severity, message, why, fix, file, at, related = [] } = diagnostic;
  const properties = {
    file,
    line: at?.line,
    endLine: at?.line,
    col: at?.column,
    endColumn: at && at.column + Math.max(0, at.length - 1),
    title: code,
  };
  const given = Object.entries(properties).filter(([, value]) => value !== undefined);
  const text = [message, why, fix, ...related.map((place) => `${position(place.at)} ${place.message}`)];
  return `::${severity} ${given.map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(",")}::${escapeData(
    text.filter((line) => line !== undefined).join("\n"),
  )}`;
}

const escapeData = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const escapeProperty = (text: string): string => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
