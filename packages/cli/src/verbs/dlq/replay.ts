import type { Command } from "commander";
import { names } from "../../arguments.js";
import { addConnectionOptions, type ConnectionOptions } from "../../connection-options.js";
import type { Terminal } from "../../terminal.js";
import { chosen } from "./chosen.js";

export interface DlqReplayOptions extends ConnectionOptions {
  readonly all?: true;
  readonly queue?: readonly string[];
  readonly config?: string;
}

const HELP = `
Sends each task again to its queue, with a new id, no retries counted and no time after which it expires; then removes the dead
letter. Killed in between it leaves the dead letter, and the task may run twice. The call that was given up has ended: who wants
the result reads that of the new id, which is printed behind the old one.

Examples:
  $ npx taskgen dlq replay 01990b6e-2f1c-7d3e-9f63-5b7c3f0a1e42
  $ npx taskgen dlq replay --all --queue mail

Exit codes: 0 all were sent; 1 otherwise: what was not sent stays a dead letter.`;

/** Defines `taskgen dlq replay`. */
export function describeDlqReplay(command: Command): Command {
  command.description("run dead letters again").argument("[id...]", "the ids of the tasks");
  return addConnectionOptions(command)
    .option("--all", "all dead letters, or all of --queue")
    .option("-Q, --queue <names>", "look into these queues alone, separated by commas", names)
    .option("--config <path>", "the configuration (default: taskgen.config.{ts,mts,js,mjs})")
    .addHelpText("after", HELP);
}

const BATCH = 500;

/** Sends dead letters again; resolves to the exit code. */
export async function runDlqReplay(
  ids: readonly string[],
  options: DlqReplayOptions,
  terminal: Terminal,
): Promise<number> {
  const wanted = chosen(ids, options.all);
  const [{ withInspection }, { find }, { replayAll }] = await Promise.all([
    import("../../inspection.js"),
    import("./find.js"),
    import("./replay-all.js"),
  ]);
  return withInspection(options, terminal, async (broker, queue, sealer) => {
    const letters = await find(wanted, { broker, queue, named: options.queue });
    let isWhole = true;
    for (let from = 0; from < letters.length; from += BATCH) {
      isWhole = (await replayAll(letters.slice(from, from + BATCH), { broker, sealer }, terminal)) && isWhole;
    }
    if (letters.length === 0) terminal.complain("there are no dead letters\n");
    return isWhole ? 0 : 1;
  });
}
