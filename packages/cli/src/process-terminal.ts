import { createInterface } from "node:readline";
import type { Terminal } from "./terminal.js";

/** This process as a terminal. */
export function createTerminal(): Terminal {
  // a reader that goes away must not stop a worker
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  return {
    get cwd() {
      return process.cwd();
    },
    pid: process.pid,
    env: process.env,
    colors: process.stdout.hasColors?.() ?? false,
    onWarning: (listener) => process.removeAllListeners("warning").on("warning", listener),
    enter: (folder) => process.chdir(folder),
    ask: process.stdin.isTTY && process.stderr.isTTY ? ask : undefined,
    print: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
  };
}

/** On the error output, so that the output holds what was asked for alone. The end of the input is an empty answer. */
function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise<string>((resolve) => {
    lines.once("close", () => resolve(""));
    lines.question(question, resolve);
  }).finally(() => lines.close());
}

/** Ends the process once everything is written, whatever else is still open. */
export async function exit(code: number): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) await new Promise((written) => stream.write("", written));
  process.exit(code);
}
