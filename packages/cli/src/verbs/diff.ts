import { Option, type Command } from "commander";
import type { Change, ContractFile } from "@taskgen/codegen";
import { readBaseline } from "../baseline.js";
import { cleanText } from "../clean-text.js";
import { CliError } from "../cli-error.js";
import { loadCodegen } from "../load-codegen.js";
import type { Terminal } from "../terminal.js";

export interface DiffVerbOptions {
  readonly mode: "backlog" | "full" | "full-transitive" | "none";
  readonly json?: true;
}

const HELP = `
Each side is a git ref, or the path of a contract. Nothing of the project is read.

Examples:
  $ npx taskgen diff main HEAD
  $ npx taskgen diff deployed.contract.json tasks.contract.json --json

Exit codes: 0 nothing is breaking; 1 a contract cannot be read; 3 a change is breaking.`;

/** Defines `taskgen diff`. */
export function describeDiff(command: Command): Command {
  return command
    .description("show what changed between two contracts")
    .argument("<before>", "a git ref or a file")
    .argument("<after>", "a git ref or a file")
    .addOption(
      new Option("--mode <mode>", "which changes are breaking")
        .choices(["backlog", "full", "full-transitive", "none"])
        .default("backlog"),
    )
    .option("--json", "as one JSON array")
    .addHelpText("after", HELP);
}

/** Shows every change; resolves to the exit code. */
export async function runDiff(
  [before, after]: readonly [string, string],
  options: DiffVerbOptions,
  terminal: Terminal,
): Promise<number> {
  const { diffContracts } = await loadCodegen(terminal.cwd);
  const [old, now] = [await read(before, terminal), await read(after, terminal)];
  const changes = diffContracts(old, now, { mode: options.mode });
  if (options.json === true) terminal.print(`${JSON.stringify(changes, undefined, 2)}\n`);
  else terminal.print(changes.length === 0 ? "nothing changed\n" : changes.map(show).join(""));
  return changes.some(({ level }) => level === "breaking") ? 3 : 0;
}

async function read(side: string, terminal: Terminal): Promise<ContractFile> {
  const baseline = await readBaseline(side, "tasks.contract.json", terminal);
  if ("note" in baseline) throw new CliError("BASELINE_MISSING", baseline.note);
  return baseline.contract;
}

function show({ level, message, rule, before, after }: Change): string {
  const types =
    before === undefined && after === undefined
      ? ""
      : `${" ".repeat(10)}${before ?? "nothing"} -> ${after ?? "nothing"}\n`;
  return cleanText(`${level.padEnd(9)} ${message} (${rule})\n${types}`);
}
