import type { Command } from "commander";
import type { App } from "@taskgen/core";
import { cleanLine } from "../clean-text.js";
import { addConnectionOptions, applyConnectionOptions, type ConnectionOptions } from "../connection-options.js";
import type { Terminal } from "../terminal.js";

export interface RevokeVerbOptions extends ConnectionOptions {
  readonly terminate?: true;
  readonly children?: true;
  readonly config?: string;
}

const HELP = `
A task that waits never runs; one that runs is told by currentTask().signal. A task that has ended keeps its result.
Prints each id with its state. It waits for no task to stop.

Examples:
  $ npx taskgen revoke 01990b6e-2f1c-7d3e-9f63-5b7c3f0a1e42
  $ npx taskgen revoke 01990b6e-2f1c-7d3e-9f63-5b7c3f0a1e42 --terminate --children

Exit codes: 0 all are revoked; 1 otherwise, also where one had ended before.`;

/** Defines `taskgen revoke`. */
export function describeRevoke(command: Command): Command {
  command
    .description("cancel tasks")
    .argument("<id...>", "the ids that the calls printed")
    .option("--terminate", "end by force what runs and does not stop by itself")
    .option("--children", "also all that the tasks called, and what these called");
  return addConnectionOptions(command)
    .option("--config <path>", "the configuration (default: taskgen.config.{ts,mts,js,mjs})")
    .addHelpText("after", HELP);
}

/** Revokes tasks; resolves to the exit code. */
export async function runRevoke(
  ids: readonly string[],
  options: RevokeVerbOptions,
  terminal: Terminal,
): Promise<number> {
  applyConnectionOptions(options, terminal);
  const { openApp, requireBroker } = await import("../project.js");
  const app = await openApp(terminal.cwd, options.config);
  requireBroker(app, options.broker);
  try {
    await app.revoke(ids, { terminate: options.terminate === true, children: options.children === true });
    return await show(app, ids, terminal);
  } finally {
    await app.close();
  }
}

async function show(app: App, ids: readonly string[], terminal: Terminal): Promise<number> {
  const { internalsOf } = await import("@taskgen/core/internal");
  const { results } = await internalsOf(app).connection();
  if (!results.caps.foreignReads) {
    terminal.complain(`${results.location} keeps no results: the workers that are up were told, no others\n`);
    return 0;
  }
  const states = await Promise.all(ids.map((id) => app.result(id).status()));
  states.forEach((state, i) => terminal.print(`${cleanLine(ids[i]!)}: ${cleanLine(state)}\n`));
  return states.every((state) => state === "REVOKED") ? 0 : 1;
}
