import type { Command } from "commander";
import type { App, Duration } from "@taskgen/core";
import { duration } from "../arguments.js";
import { cleanLine, cleanText } from "../clean-text.js";
import { addConnectionOptions, applyConnectionOptions, type ConnectionOptions } from "../connection-options.js";
import { showValue } from "../show-value.js";
import { line, type Terminal } from "../terminal.js";

export interface ResultVerbOptions extends ConnectionOptions {
  readonly wait?: true;
  readonly timeout?: Duration;
  readonly traceback?: true;
  readonly config?: string;
}

const HELP = `
Prints the state on the first line, then the value of a task that succeeded or the error of one that did not. An id
that nothing is known of is PENDING.

Examples:
  $ npx taskgen result 01990b6e-2f1c-7d3e-9f63-5b7c3f0a1e42
  $ npx taskgen result 01990b6e-2f1c-7d3e-9f63-5b7c3f0a1e42 --wait --timeout 1m

Exit codes: 0 the task succeeded; 1 it did not, or not yet.`;

/** Defines `taskgen result`. */
export function describeResult(command: Command): Command {
  command
    .description("show what came of a call")
    .argument("<id>", "the id that the call printed")
    .option("--wait", "wait until the task has ended")
    .option("--timeout <duration>", "with --wait: how long to wait (default: without end)", duration)
    .option("--traceback", "show the stack of a failure");
  return addConnectionOptions(command)
    .option("--config <path>", "the configuration (default: taskgen.config.{ts,mts,js,mjs})")
    .addHelpText("after", HELP);
}

/** Shows a result; resolves to the exit code. */
export async function runResult(id: string, options: ResultVerbOptions, terminal: Terminal): Promise<number> {
  applyConnectionOptions(options, terminal);
  const { openApp, requireBroker } = await import("../project.js");
  const app = await openApp(terminal.cwd, options.config);
  requireBroker(app, options.broker);
  try {
    return await show(app, id, options, terminal);
  } finally {
    await app.close();
  }
}

async function show(app: App, id: string, options: ResultVerbOptions, terminal: Terminal): Promise<number> {
  const result = app.result(id);
  const state = await result.status(); // n.b. before: it may end in between
  if (options.wait !== true && !(await result.ready())) {
    terminal.print(`${cleanLine(state)}\n`);
    return 1;
  }
  const settled = await result.settled(options.timeout === undefined ? {} : { timeout: options.timeout });
  terminal.print(`${settled.state}\n`);
  if (settled.ok) {
    terminal.print(`${showValue(settled.value, terminal)}\n`);
    return 0;
  }
  const { name, message } = settled.error.cause as Error;
  terminal.print(`${cleanLine(`${name}: ${message}`)}\n`);
  if (options.traceback === true) terminal.print(line(cleanText((await result.traceback()) ?? "there is no stack")));
  return 1;
}
