import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../../packages/cli/bin/taskgen.js", import.meta.url));

/** What `taskgen worker` is started with. */
export interface CommandOptions {
  readonly broker: string;
  readonly threads: number;
  readonly registry: string;
  readonly cwd: string;
}

/** A `taskgen worker`, from its command on. */
export class WorkerCommand implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #lines: AsyncIterator<string>;

  constructor({ broker, threads, registry, cwd }: CommandOptions) {
    const args = [command, "worker", "--registry", registry, "--broker", broker, "--threads", `${threads}`, "--json"];
    const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "inherit"] });
    this.#process = child;
    this.#exited = once(child, "exit");
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** Resolves when it has logged an event. */
  async logged(event: string): Promise<void> {
    for (let line = await this.#lines.next(); line.done !== true; line = await this.#lines.next()) {
      if (line.value.includes(event)) return;
    }
    throw new Error(`the worker ended before ${event}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGTERM");
    await this.#exited;
  }
}
