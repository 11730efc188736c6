import type { Command } from "commander";
import { untilStopped } from "../shutdown.js";
import type { Terminal } from "../terminal.js";
import { generateOnChange } from "./generate.js";
import type { WorkerProcess } from "../worker-process.js";
import { addWorkerOptions, workerArguments, type WorkerVerbOptions } from "./worker.js";

const HELP = `
Generates, and runs a worker with the options of \`taskgen worker\`. After every change below src, of taskgen.config.ts or
tsconfig.json it generates again and starts a worker with the new code, once the one before has finished what it runs. While
the tasks have errors the worker goes on with the code it has.

Examples:
  $ npx taskgen dev
  $ npx taskgen dev --threads 1 --loglevel debug

Exit codes: 0 stopped and everything finished; 1 an error, or tasks were still running when the grace period was over;
130, 143 a second SIGINT, SIGTERM.`;

/** Defines `taskgen dev`. */
export function describeDev(command: Command): Command {
  return addWorkerOptions(command.description("generate and run tasks, again after every change")).addHelpText(
    "after",
    HELP,
  );
}

/** Generates and runs a worker until it is told to stop; resolves to the exit code. */
export async function runDev(options: WorkerVerbOptions, terminal: Terminal): Promise<number> {
  const { WorkerProcess } = await import("../worker-process.js");
  const worker = new WorkerProcess(workerArguments(options), (code) =>
    terminal.complain(`taskgen: the worker ended with ${code}; it starts again after the next change\n`),
  );
  return untilStopped({ run: (signal) => develop(worker, { options, terminal, signal }), abort: () => worker.abort() });
}

interface Development {
  readonly options: WorkerVerbOptions;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

async function develop(worker: WorkerProcess, { options: { config }, terminal, signal }: Development): Promise<number> {
  signal.addEventListener("abort", () => void worker.stop(), { once: true });
  const generated = async (succeeded: boolean, changes: { readonly pending: boolean }): Promise<void> => {
    if (!succeeded) return;
    await worker.stop();
    // what changed meanwhile is generated first
    if (!changes.pending && !signal.aborted) worker.start();
  };
  const options = { format: "pretty", ...(config !== undefined && { config }) } as const;
  try {
    await generateOnChange({ options, terminal, signal, generated });
  } finally {
    await worker.stop();
  }
  return worker.stop();
}
