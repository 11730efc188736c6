import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { profiled } from "./profiled.js";
import type { Answer } from "./protocol.js";

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** The longest that anything a child does may take that says nothing else. */
const LIMIT_MS = 180_000;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A process of its own that answers questions, see `serve`. */
export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  constructor(process: ChildProcess) {
    this.#process = process;
    process.on("message", (answer: Answer) => this.#onAnswer(answer));
    process.once("exit", (code) => this.#fail(new Error(`the child ${process.spawnargs.at(-2)} ended with ${code}`)));
  }

  /** Starts a module with one argument; resolves when it is ready. TASKGEN_BENCH_NODE holds more options for Node. */
  static async start(module: URL, argument: unknown): Promise<Child> {
    const own = process.env["TASKGEN_BENCH_NODE"]?.split(" ") ?? [];
    const { options, env } = profiled(module, argument);
    const execArgv = ["--import", tsx, ...own, ...options];
    const child = fork(fileURLToPath(module), [JSON.stringify(argument)], {
      execArgv,
      env: { ...process.env, ...env },
    });
    return await Child.ready(child);
  }

  /** Resolves when a process that has a channel to this one says that it is ready. */
  static async ready(process: ChildProcess): Promise<Child> {
    const started = new Child(process);
    await started.#wait(0, "start");
    return started;
  }

  ask<T>(command: string, input?: unknown, limitMs = LIMIT_MS): Promise<T> {
    const id = ++this.#lastId;
    this.#process.send({ id, command, input });
    return this.#wait(id, command, limitMs) as Promise<T>;
  }

  /** Asks it to stop; it is killed when it does not. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const exited = once(this.#process, "exit");
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), 10_000);
    await this.ask("stop").catch(() => {});
    if (this.#process.connected) this.#process.disconnect();
    await exited;
    clearTimeout(timer);
  }

  #wait(id: number, what: string, limitMs = LIMIT_MS): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${what} took longer than ${limitMs} ms`)), limitMs);
      const ending =
        <V>(end: (value: V) => void) =>
        (value: V): void => {
          clearTimeout(timer);
          end(value);
        };
      this.#pending.set(id, { resolve: ending(resolve), reject: ending(reject) });
    });
  }

  #onAnswer(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ("failure" in answer) pending?.reject(new Error(answer.failure));
    else pending?.resolve(answer.value);
  }

  #fail(error: Error): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
