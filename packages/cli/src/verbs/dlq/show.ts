import type { Command } from "commander";
import { names } from "../../arguments.js";
import { addConnectionOptions, type ConnectionOptions } from "../../connection-options.js";
import type { Terminal } from "../../terminal.js";

export interface DlqShowOptions extends ConnectionOptions {
  readonly queue?: readonly string[];
  readonly config?: string;
}

const HELP = `
Shows why and when a task was given up, and what it was called with, as it is: also what the task calls sensitive.

Example:
  $ npx taskgen dlq show 01990b6e-2f1c-7d3e-9f63-5b7c3f0a1e42

Exit codes: 0 it is shown; 1 there is no such dead letter.`;

/** Defines `taskgen dlq show`. */
export function describeDlqShow(command: Command): Command {
  return addConnectionOptions(command.description("show one dead letter").argument("<id>", "the id of the task"))
    .option("-Q, --queue <names>", "look into these queues alone, separated by commas", names)
    .option("--config <path>", "the configuration (default: taskgen.config.{ts,mts,js,mjs})")
    .addHelpText("after", HELP);
}

/** Shows one dead letter; resolves to the exit code. */
export async function runDlqShow(id: string, options: DlqShowOptions, terminal: Terminal): Promise<number> {
  const [{ withInspection }, { find }, { describeLetter }] = await Promise.all([
    import("../../inspection.js"),
    import("./find.js"),
    import("./describe-letter.js"),
  ]);
  return withInspection(options, terminal, async (broker, queue, sealer) => {
    const [letter] = await find([id], { broker, queue, named: options.queue });
    terminal.print(describeLetter(letter!, sealer, terminal));
    return 0;
  });
}
