import type { Command } from "commander";
import { count } from "../../arguments.js";
import { addConnectionOptions, type ConnectionOptions } from "../../connection-options.js";
import { formatTable } from "../../format-table.js";
import type { Terminal } from "../../terminal.js";
import type { ReadLetter } from "./dead-letters.js";

export interface DlqListOptions extends ConnectionOptions {
  readonly limit?: number;
  readonly json?: true;
  readonly config?: string;
}

const HELP = `
Shows the tasks that were given up, the oldest first, with the reason: of the queues that are named, otherwise of all that the
broker can list (RabbitMQ: the default one). attempts are the runs that a task asked for itself.

Examples:
  $ npx taskgen dlq list
  $ npx taskgen dlq list mail --limit 20
  $ npx taskgen dlq list --json --broker redis://localhost

Exit codes: 0 they are shown; 1 otherwise, also where the broker cannot tell.`;

/** Defines `taskgen dlq list`. */
export function describeDlqList(command: Command): Command {
  return addConnectionOptions(command.description("show dead letters").argument("[queue...]", "these queues alone"))
    .option("--limit <n>", "at most so many of each queue (default: 100)", count)
    .option("--json", "as one JSON array")
    .option("--config <path>", "the configuration (default: taskgen.config.{ts,mts,js,mjs})")
    .addHelpText("after", HELP);
}

/** Shows dead letters; resolves to the exit code. */
export async function runDlqList(
  named: readonly string[],
  options: DlqListOptions,
  terminal: Terminal,
): Promise<number> {
  const [{ withInspection }, { attempts, deadLetters, queuesOf }] = await Promise.all([
    import("../../inspection.js"),
    import("./dead-letters.js"),
  ]);
  return withInspection(options, terminal, async (broker, queue) => {
    const letters = await deadLetters(broker, await queuesOf(broker, named, queue), options.limit ?? 100);
    const rows = letters.map((letter) => ({ ...rowOf(letter), attempts: attempts(letter) }));
    terminal.print(options.json === true ? `${JSON.stringify(rows, undefined, 2)}\n` : describe(rows));
    return 0;
  });
}

interface Row extends ReturnType<typeof rowOf> {
  readonly attempts: number;
}

const rowOf = ({ letter: { envelope, reason, at }, header }: ReadLetter) => ({
  id: envelope.id,
  task: header?.task ?? "?",
  queue: envelope.queue,
  at: new Date(at).toISOString(),
  reason,
});

const TITLES = ["id", "task", "queue", "at", "attempts", "reason"] as const;
const MAX_REASON = 100;

function describe(rows: readonly Row[]): string {
  if (rows.length === 0) return "there are no dead letters\n";
  const short = (text: string): string => (text.length > MAX_REASON ? `${text.slice(0, MAX_REASON - 1)}…` : text);
  return formatTable(
    TITLES,
    rows.map((row) => TITLES.map((title) => short(`${row[title]}`))),
    "left",
  );
}
