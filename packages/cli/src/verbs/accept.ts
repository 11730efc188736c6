import type { Command } from "commander";
import type { Acceptance } from "@taskgen/codegen";
import { loadCodegen } from "../load-codegen.js";
import { isError, readTypes } from "../read-project.js";
import type { Terminal } from "../terminal.js";
import { runGenerate } from "./generate.js";

export interface AcceptVerbOptions {
  readonly breaking?: string;
  readonly config?: string;
}

const HELP = `
Writes tasks.contract.json: the types and options of every task with their hashes, and what they were before. Commit it. From
then on messages carry the hash of their contract, workers check arguments against the types of the parameters, and
\`taskgen check\` knows what changed. A change that breaks what is deployed is refused without a reason, which is recorded.

Examples:
  $ npx taskgen accept
  $ npx taskgen accept --breaking "the queue was drained on Monday"

Exit codes: 0 it is written; 1 the tasks have errors; 3 a change is breaking and there is no reason.`;

/** Defines `taskgen accept`. */
export function describeAccept(command: Command): Command {
  return command
    .description("write the contract of the tasks as they are now")
    .option("--breaking <reason>", "accept changes that break what is deployed, and record why")
    .option("--config <path>", "the configuration (default: taskgen.config.{ts,mts,js,mjs})")
    .addHelpText("after", HELP);
}

/** Writes the contract, and the generated files that name it; resolves to the exit code. */
export async function runAccept(options: AcceptVerbOptions, terminal: Terminal): Promise<number> {
  const project = await readTypes(options.config, terminal, { replaceLock: true });
  const { acceptContract, formatDiagnostics, upcastsOf, writeContract } = await loadCodegen(terminal.cwd);
  if (project.contract === undefined || project.diagnostics.some(isError)) {
    terminal.print(`${formatDiagnostics(project.diagnostics, "pretty")}\n\n`);
    return 1;
  }
  const { file = "tasks.contract.json", mode, historyDays } = project.settings.contract ?? {};
  const acceptance = acceptContract(project.contract, project.lock, {
    ...(mode !== undefined && { mode }),
    ...(historyDays !== undefined && { historyDays }),
    ...(options.breaking !== undefined && { breaking: options.breaking }),
    upcasts: upcastsOf(project.tasks),
  });
  if (!acceptance.isAccepted) return refuse(acceptance, terminal);
  for (const change of acceptance.changes) terminal.print(`${change.level.padEnd(9)} ${change.message}\n`);
  const { path, status } = writeContract(terminal.cwd, file, acceptance.contract);
  terminal.print(`${path} ${status}\n`);
  return runGenerate({ format: "pretty", ...(options.config !== undefined && { config: options.config }) }, terminal);
}

function refuse({ breaking }: Extract<Acceptance, { isAccepted: false }>, { complain }: Terminal): number {
  for (const { rule, message, why, fix } of breaking) {
    complain(
      `breaking  ${message} (${rule})\n${why === undefined ? "" : `  why: ${why}\n`}${fix === undefined ? "" : `  fix: ${fix}\n`}`,
    );
  }
  complain('taskgen: nothing was written; mend it, or accept it with --breaking "<reason>"\n');
  return 3;
}
