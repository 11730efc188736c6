import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** The same file that node_modules/.bin/taskgen leads to. */
const command = join(dirname(createRequire(import.meta.url).resolve("taskgen/package.json")), "bin", "taskgen.js");

/** A worker of its own process: `taskgen worker`. */
export class WorkerProcess {
  /** Resolves when it runs tasks. */
  readonly ready: Promise<void>;
  /** Rejects when it ends. */
  readonly failed: Promise<never>;
  /** Resolves to its exit code, or to the signal that ended it. */
  readonly exited: Promise<number | string>;
  /** Hides the lines of tasks that do what they should. */
  quiet = false;
  readonly #child: ChildProcessByStdio<null, Readable, null>;

  constructor(folder: string) {
    this.#child = spawn(process.execPath, [command, "worker", "--grace", "10s"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
      // Ctrl-C goes to all processes of a terminal's group; this one is told to stop by its parent alone
      detached: true,
    });
    this.exited = once(this.#child, "close").then(([code, signal]) => (code ?? signal) as number | string);
    this.failed = this.exited.then((code) => Promise.reject(new Error(`the worker ended with ${code}`)));
    this.ready = this.#showOutput();
    process.once("exit", () => this.#child.kill("SIGKILL"));
  }

  /** Asks it to finish what runs and to end; resolves to its exit code. */
  stop(): Promise<number | string> {
    this.#child.kill("SIGTERM");
    return this.exited;
  }

  #showOutput(): Promise<void> {
    return new Promise((resolve) => {
      createInterface({ input: this.#child.stdout }).on("line", (line) => {
        if (!this.quiet || !/INFO\/\w+\] Task /.test(line)) console.log(`  worker | ${line}`);
        if (line.includes("Worker ready")) resolve();
      });
    });
  }
}
