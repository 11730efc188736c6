import type { Command } from "commander";
import type { App, Duration } from "@taskgen/core";
import { duration, jsonArguments, priority } from "../arguments.js";
import { addConnectionOptions, applyConnectionOptions, type ConnectionOptions } from "../connection-options.js";
import type { AnyStub } from "../find-stub.js";
import { showValue } from "../show-value.js";
import type { Terminal } from "../terminal.js";

export interface CallVerbOptions extends ConnectionOptions {
  readonly queue?: string;
  readonly priority?: number;
  readonly countdown?: Duration;
  readonly wait?: true;
  readonly timeout?: Duration;
  readonly config?: string;
}

const HELP = `
Each argument is one JSON value; quote it for the shell. Prints the id of the call, with --wait the result instead
(the id then goes to the error output). Where the project's client is generated, the task's own options apply.

Examples:
  $ npx taskgen call add 4 4 --wait
  $ npx taskgen call billing.charge '"order-17"' '{"retry": true}' --queue billing
  $ npx taskgen call report.weekly --countdown 10m --priority 0

Exit codes: 0 the broker has the call, with --wait the task succeeded; 1 otherwise.`;

/** Defines `taskgen call`. */
export function describeCall(command: Command): Command {
  command
    .description("call a task by its name")
    .argument("<name>", "the task's name on the wire, such as add or billing.charge")
    .argument("[json...]", "the task's arguments, each a JSON value")
    .option("--queue <name>", "the queue (default: that of the task, of the app's routes, of the app)")
    .option(
      "--priority <n>",
      "0 to 9, 9 first (default: that of the task, of the app's routes, of the queue)",
      priority,
    )
    .option("--countdown <duration>", "not before this long from now", duration)
    .option("--wait", "wait for the result and print it")
    .option("--timeout <duration>", "with --wait: how long to wait (default: without end)", duration);
  return addConnectionOptions(command)
    .option("--config <path>", "the configuration (default: taskgen.config.{ts,mts,js,mjs})")
    .addHelpText("after", HELP);
}

/** Calls a task; resolves to the exit code. Rejects when the call, or with `--wait` the task, failed. */
export async function runCall(
  name: string,
  texts: readonly string[],
  options: CallVerbOptions,
  terminal: Terminal,
): Promise<number> {
  const args = jsonArguments(texts);
  applyConnectionOptions(options, terminal);
  const { importApp, requireBroker } = await import("../project.js");
  const { readSettings } = await import("../settings.js");
  const settings = await readSettings(terminal.cwd, options.config);
  const app = await importApp(terminal.cwd, settings);
  requireBroker(app, options.broker);
  try {
    const { findStub } = await import("../find-stub.js");
    const stub = await findStub(app, name, { cwd: terminal.cwd, outDir: settings.outDir });
    await send(app, { name, args, stub }, options, terminal);
    return 0;
  } finally {
    await app.close();
  }
}

interface NamedCall {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly stub: AnyStub | undefined;
}

async function send(app: App, call: NamedCall, options: CallVerbOptions, terminal: Terminal): Promise<void> {
  const { queue, countdown, timeout, priority } = options;
  const own = {
    ...(queue !== undefined && { queue }),
    ...(priority !== undefined && { priority }),
    ...(countdown !== undefined && { countdown }),
  };
  const { name, args, stub } = call;
  const result = await (stub?.applyAsync([...args], own) ?? app.sendUnchecked(name, args, own));
  if (options.wait !== true) return terminal.print(`${result.id}\n`);
  terminal.complain(`${result.id}\n`);
  const value = await result.get(timeout === undefined ? {} : { timeout });
  terminal.print(`${showValue(value, terminal)}\n`);
}
