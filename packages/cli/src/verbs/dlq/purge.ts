import type { Command } from "commander";
import { names } from "../../arguments.js";
import { cleanLine } from "../../clean-text.js";
import { CliError } from "../../cli-error.js";
import { addConnectionOptions, type ConnectionOptions } from "../../connection-options.js";
import type { Terminal } from "../../terminal.js";
import { chosen } from "./chosen.js";

export interface DlqPurgeOptions extends ConnectionOptions {
  readonly all?: true;
  readonly yes?: true;
  readonly queue?: readonly string[];
  readonly config?: string;
}

const HELP = `
Removes dead letters for ever. Their results stay as long as results do.

Examples:
  $ npx taskgen dlq purge 01990b6e-2f1c-7d3e-9f63-5b7c3f0a1e42
  $ npx taskgen dlq purge --all --queue mail --yes      without a question, for scripts

Exit codes: 0 they are removed; 1 otherwise, also where the answer was no.`;

/** Defines `taskgen dlq purge`. */
export function describeDlqPurge(command: Command): Command {
  command.description("remove dead letters").argument("[id...]", "the ids of the tasks");
  return addConnectionOptions(command)
    .option("--all", "all dead letters, or all of --queue")
    .option("-Q, --queue <names>", "look into these queues alone, separated by commas", names)
    .option("--yes", "do not ask before all are removed")
    .option("--config <path>", "the configuration (default: taskgen.config.{ts,mts,js,mjs})")
    .addHelpText("after", HELP);
}

/** Removes dead letters; resolves to the exit code. */
export async function runDlqPurge(
  ids: readonly string[],
  options: DlqPurgeOptions,
  terminal: Terminal,
): Promise<number> {
  const wanted = chosen(ids, options.all);
  const [{ withInspection }, { find, idsByQueue }] = await Promise.all([
    import("../../inspection.js"),
    import("./find.js"),
  ]);
  return withInspection(options, terminal, async (broker, queue) => {
    const byQueue = idsByQueue(await find(wanted, { broker, queue, named: options.queue }));
    const isSure = wanted !== undefined || options.yes === true || byQueue.size === 0;
    if (!isSure && !(await agrees(byQueue, terminal))) return 1;
    for (const [name, found] of byQueue) {
      terminal.print(`${cleanLine(name)}: ${removed(await broker.removeDead(name, found))}\n`);
    }
    if (byQueue.size === 0) terminal.complain("there are no dead letters\n");
    return 0;
  });
}

async function agrees(byQueue: ReadonlyMap<string, readonly string[]>, terminal: Terminal): Promise<boolean> {
  if (terminal.ask === undefined) throw new CliError("USAGE", "there is nobody to ask here; add --yes");
  const held = Array.from(byQueue, ([queue, ids]) => `${ids.length} of ${queue}`).join(", ");
  const answer = await terminal.ask(`Remove the dead letters for ever: ${cleanLine(held)}? [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}

const removed = (count: number): string => `${count} ${count === 1 ? "dead letter" : "dead letters"} removed`;
