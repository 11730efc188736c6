import type { Command } from "commander";
import type { TaskModel } from "@taskgen/codegen";
import { formatTable } from "../format-table.js";
import { readProject } from "../read-project.js";
import type { Terminal } from "../terminal.js";

export interface ListVerbOptions {
  readonly json?: true;
  readonly config?: string;
}

const HELP = `
Reads the task files as \`taskgen generate\` does, and writes nothing.

Examples:
  $ npx taskgen list
  $ npx taskgen list --json

Exit codes: 0 they are shown; 1 the tasks have errors.`;

/** Defines `taskgen list`. */
export function describeList(command: Command): Command {
  return command
    .description("show the tasks of the project")
    .option("--json", "as one JSON array")
    .option("--config <path>", "the configuration (default: taskgen.config.{ts,mts,js,mjs})")
    .addHelpText("after", HELP);
}

/** Shows every task by its name on the wire; resolves to the exit code. */
export async function runList(options: ListVerbOptions, terminal: Terminal): Promise<number> {
  const { tasks, failed } = await readProject({ config: options.config, format: "pretty" }, terminal);
  if (failed) return 1;
  const sorted = tasks.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  terminal.print(options.json === true ? `${JSON.stringify(sorted.map(entry), undefined, 2)}\n` : table(sorted));
  return 0;
}

const entry = ({ name, path, file, span, exportName, doc, options }: TaskModel): object => ({
  name,
  call: `tasks.${path.join(".")}`,
  source: `${file}:${span.line}`,
  export: exportName,
  ...(doc !== undefined && { doc }),
  options,
});

const table = (tasks: readonly TaskModel[]): string =>
  tasks.length === 0
    ? "there are no tasks\n"
    : formatTable(["task", "call", "queue", "declared at"], tasks.map(row), "left");

const row = ({ name, path, options, file, span }: TaskModel): string[] => [
  name,
  `tasks.${path.join(".")}`,
  options.queue ?? "",
  `${file}:${span.line}`,
];
