import type { Command } from "commander";
import type { Inspect } from "@taskgen/core/internal";
import { cleanLine } from "../clean-text.js";
import { CliError } from "../cli-error.js";
import { addConnectionOptions, type ConnectionOptions } from "../connection-options.js";
import type { Terminal } from "../terminal.js";

export interface PurgeVerbOptions extends ConnectionOptions {
  readonly yes?: true;
  readonly config?: string;
}

const HELP = `
Removes what waits, delayed tasks included. What a worker has already taken runs on; dead letters stay. Nobody is told:
whoever waits for the result of a removed task waits on.

Examples:
  $ npx taskgen purge mail
  $ npx taskgen purge mail bulk --yes      without a question, for scripts

Exit codes: 0 the queues are empty; 1 otherwise, also where the answer was no.`;

/** Defines `taskgen purge`. */
export function describePurge(command: Command): Command {
  command.description("remove the tasks that wait in queues").argument("<queue...>", "the queues to empty");
  return addConnectionOptions(command)
    .option("--yes", "do not ask")
    .option("--config <path>", "the configuration (default: taskgen.config.{ts,mts,js,mjs})")
    .addHelpText("after", HELP);
}

/** Empties queues; resolves to the exit code. */
export async function runPurge(
  queues: readonly string[],
  options: PurgeVerbOptions,
  terminal: Terminal,
): Promise<number> {
  const { withInspection } = await import("../inspection.js");
  return withInspection(options, terminal, async (broker) => {
    if (options.yes !== true && !(await agrees(queues, broker, terminal))) return 1;
    for (const queue of queues) terminal.print(`${cleanLine(queue)}: ${removed(await broker.purge(queue))}\n`);
    return 0;
  });
}

async function agrees(queues: readonly string[], broker: Inspect, terminal: Terminal): Promise<boolean> {
  if (terminal.ask === undefined) throw new CliError("USAGE", "there is nobody to ask here; add --yes");
  const depths = (await broker.depths()).filter(({ queue }) => queues.includes(queue));
  const held = depths.map(({ queue, waiting, delayed }) => `${queue}: ${waiting} waiting, ${delayed} delayed`);
  terminal.complain(held.map((text) => `${cleanLine(text)}\n`).join(""));
  const answer = await terminal.ask(`Remove the tasks that wait in ${cleanLine(queues.join(", "))}? [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}

const removed = (count: number): string => `${count} ${count === 1 ? "task" : "tasks"} removed`;
