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
    print: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
  };
}

/** Ends the process once everything is written, whatever else is still open. */
export async function exit(code: number): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) await new Promise((written) => stream.write("", written));
  process.exit(code);
}
