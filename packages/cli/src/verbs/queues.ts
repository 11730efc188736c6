import type { Command } from "commander";
import type { QueueDepth } from "@taskgen/core/internal";
import { addConnectionOptions, type ConnectionOptions } from "../connection-options.js";
import { formatTable } from "../format-table.js";
import type { Terminal } from "../terminal.js";

export interface QueuesVerbOptions extends ConnectionOptions {
  readonly json?: true;
  readonly config?: string;
}

const HELP = `
Shows all queues that the broker can list, and those that are named: RabbitMQ lists none but the default one.
For each queue: waiting (ready to be taken), delayed (not yet), owned (a worker has it), dead (given up, with a reason).

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
    terminal.print(options.json === true ? `${JSON.stringify(depths, undefined, 2)}\n` : table(depths));
    return 0;
  });
}

const COLUMNS = ["queue", "waiting", "delayed", "owned", "dead"] as const satisfies readonly (keyof QueueDepth)[];

const table = (depths: readonly QueueDepth[]): string =>
  depths.length === 0
    ? "there are no queues\n"
    : formatTable(
        COLUMNS,
        depths.map((depth) => COLUMNS.map((column) => `${depth[column]}`)),
        "right",
      );
