import type { Command } from "commander";
import type { QueueDepth } from "@taskgen/core/internal";
import { addConnectionOptions, type ConnectionOptions } from "../connection-options.js";
import { formatTable } from "../format-table.js";
import { describeStalled, isStalled } from "../stalled-queue.js";
import type { Terminal } from "../terminal.js";

export interface QueuesVerbOptions extends ConnectionOptions {
  readonly json?: true;
  readonly config?: string;
}

const HELP = `
Shows all queues that the broker can list, and those that are named: RabbitMQ lists none but the default one.
For each queue: waiting (ready to be taken), delayed (not yet), owned (a worker has it), dead (given up, with a reason),
consumers (workers that take from it now). A queue that holds tasks and has no consumer is named below the table, and is
"stalled" in JSON.

Examples:
  $ npx taskgen queues
  $ npx taskgen queues mail bulk
  $ npx taskgen queues --json --broker redis://localhost

Exit codes: 0 they are shown; 1 otherwise, also where the broker cannot tell.`;

/** Defines `taskgen queues`. */
export function describeQueues(command: Command): Command {
  return addConnectionOptions(command.description("show what the queues hold").argument("[queue...]", "more queues"))
    .option("--json", "as one JSON array")
    .option("--config <path>", "the configuration (default: taskgen.config.{ts,mts,js,mjs})")
    .addHelpText("after", HELP);
}

/** Shows the depths of all queues; resolves to the exit code. */
export async function runQueues(
  queues: readonly string[],
  options: QueuesVerbOptions,
  terminal: Terminal,
): Promise<number> {
  const { withInspection } = await import("../inspection.js");
  return withInspection(options, terminal, async (broker, queue) => {
    // what no worker has declared yet the broker may not know as a queue
    await broker.declare([queue, ...queues].map((name) => ({ name })));
    const depths = (await broker.depths()).toSorted((a, b) => (a.queue < b.queue ? -1 : 1));
    const rows = depths.map((depth) => ({ ...depth, stalled: isStalled(depth) }));
    terminal.print(options.json === true ? `${JSON.stringify(rows, undefined, 2)}\n` : describe(depths));
    return 0;
  });
}

const COLUMNS = [
  "queue",
  "waiting",
  "delayed",
  "owned",
  "dead",
  "consumers",
] as const satisfies readonly (keyof QueueDepth)[];

function describe(depths: readonly QueueDepth[]): string {
  if (depths.length === 0) return "there are no queues\n";
  const rows = depths.map((depth) => COLUMNS.map((column) => `${depth[column]}`));
  const notes = depths.filter(isStalled).map((depth) => `! ${describeStalled(depth)}\n`);
  return formatTable(COLUMNS, rows, "right") + notes.join("");
}
