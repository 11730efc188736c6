import type { Command } from "commander";
import type { Terminal } from "./terminal.js";

/** Where the broker and the results are. */
export interface ConnectionOptions {
  readonly broker?: string;
  readonly resultBackend?: string;
}

export function addConnectionOptions(command: Command): Command {
  return command
    .option("--broker <url>", "the broker (default: TASKGEN_BROKER_URL, otherwise .taskgen/tasks.db of the workspace)")
    .option("--result-backend <url>", "where results are kept (default: TASKGEN_RESULT_BACKEND, otherwise the broker)");
}

/** Puts the URLs where every app of this process looks for them, those of its threads included. */
export function applyConnectionOptions({ broker, resultBackend }: ConnectionOptions, { env }: Terminal): void {
  if (broker !== undefined) env["TASKGEN_BROKER_URL"] = broker;
  if (resultBackend !== undefined) env["TASKGEN_RESULT_BACKEND"] = resultBackend;
}
