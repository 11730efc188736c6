import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const COMMAND = fileURLToPath(new URL("./main.js", import.meta.url));

/**
 * Workers in a process of their own, one after another. They are told to stop by this process alone: a terminal's Ctrl-C
 * does not reach them, the end of this process does.
 */
export class WorkerProcess {
  readonly #args: readonly string[];
  readonly #ended: (code: number | string) => void;
  #child: ChildProcess | undefined;
  #stopping: Promise<number> | undefined;

  /** `ended` is called when a worker ends that nobody told to. */
  constructor(args: readonly string[], ended: (code: number | string) => void) {
    this.#args = args;
    this.#ended = ended;
  }

  start(): void {
    const child = fork(COMMAND, ["worker", ...this.#args], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      detached: true,
    });
    this.#child = child;
    child.once("exit", (code, signal) => {
      this.#child = undefined;
      if (this.#stopping === undefined) this.#ended(code ?? signal ?? 1);
    });
  }

  /** Lets it finish what runs; resolves to its exit code when it has ended, to 0 when there is none. Stopping twice is safe. */
  async stop(): Promise<number> {
    const child = this.#child;
    if (child === undefined) return 0;
    if (this.#stopping === undefined) {
      this.#stopping = endOf(child).finally(() => (this.#stopping = undefined));
      child.kill("SIGTERM"); // n.b. once: a second signal ends it at once
    }
    return this.#stopping;
  }

  /** Ends one that was told to stop before, at once. */
  abort(): void {
    this.#child?.kill("SIGTERM");
  }
}

async function endOf(child: ChildProcess): Promise<number> {
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}
