import { relative } from "node:path/posix";
import type { TaskModel } from "../model.js";
import { baseName } from "../naming.js";
import { compareCodeUnits } from "../order.js";

/** Endings of source files and what an import of their output is written with. */
const OUTPUT_OF: Readonly<Record<string, string>> = { ts: ".js", tsx: ".js", jsx: ".js", mts: ".mjs", cts: ".cjs" };

/** How an import of a file is written in a folder; both are relative to the project. */
export function importPath(folder: string, file: string, extension: ".js" | ".ts" | ""): string {
  const path = relativePath(folder, file);
  const dotted = path.startsWith("../") ? path : `./${path}`;
  return extension === ".ts"
    ? dotted
    : dotted.replace(/\.([cm]?[jt]sx?)$/, (all, ending: string) =>
        extension === "" ? "" : (OUTPUT_OF[ending] ?? all),
      );
}

/** n.b. of paths without a root the standard function asks the process each time where it is. */
const relativePath = (from: string, to: string): string =>
  from.startsWith("..") || to.startsWith("..") ? relative(from, to) : relative(`/${from}`, `/${to}`);

/** Words that no import may be called. */
export const TAKEN = new Set([
  ...["app", "stub", "defaultApp", "tasks", "createTasks", "Tasks", "TaskMap", "Stubs", "AnyApp", "any", "unknown"],
  ...[
    "never",
    "object",
    "string",
    "number",
    "boolean",
    "symbol",
    "bigint",
    "undefined",
    "await",
    "async",
    "let",
    "static",
  ],
  ...["break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else", "enum"],
  ...["export", "extends", "false", "finally", "for", "function", "if", "import", "in", "instanceof", "new", "null"],
  ...["return", "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with", "yield"],
  ...["implements", "interface", "package", "private", "protected", "public", "arguments", "eval", "type"],
]);

/** A readable name for each file with tasks: `src/billing/tasks/invoice.task.ts` is `billing_invoice`. */
export function importAliases(tasks: readonly TaskModel[]): Map<string, string> {
  const aliases = new Map<string, string>();
  const taken = new Set(TAKEN);
  for (const task of tasks.toSorted((a, b) => compareCodeUnits(a.file, b.file))) {
    if (aliases.has(task.file)) continue;
    const alias = freeName(aliasOf(task), taken);
    taken.add(alias);
    aliases.set(task.file, alias);
  }
  return aliases;
}

const aliasOf = ({ path, file }: TaskModel): string =>
  [...path.slice(0, -1), baseName(file)]
    .join("_")
    .replace(/[^A-Za-z0-9_$]/g, "_")
    .replace(/^(?=\d)/, "_");

export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted}_${i}`;
  return name;
}
