import { join } from "node:path";
import { Child } from "./child/child.js";
import type { ProducerSettings } from "./taskgen/producer.js";
import type { WorkerSettings } from "./taskgen/worker.js";

/** What one run cost. */
export interface Run {
  readonly ms: number;
  /** Of all threads of all its processes. */
  readonly cpuMs: number;
}

const here = (path: string): URL => new URL(path, import.meta.url);

/** A process that calls, and one that runs what is called, or several. */
export class Pair implements AsyncDisposable {
  readonly #producer: Child;
  readonly #workers: readonly Child[];

  /** A worker that is undefined was not wanted. */
  constructor(producer: Child, ...workers: readonly (Child | undefined)[]) {
    this.#producer = producer;
    this.#workers = workers.filter((worker) => worker !== undefined);
  }

  /** taskgen on a database of its own; without a pool there is no worker. */
  static async taskgen(folder: string, name: string, pool?: WorkerSettings["pool"]): Promise<Pair> {
    const broker = `sqlite:${join(folder, `${name.replaceAll(/\W+/g, "-")}.db`)}`;
    const settings: WorkerSettings | undefined = pool && { broker, pool };
    const worker = settings && (await Child.start(here("taskgen/worker.ts"), settings));
    return new Pair(await Child.start(here("taskgen/producer.ts"), { broker } satisfies ProducerSettings), worker);
  }

  /** The same work without taskgen, on a database of its own. */
  static async raw(folder: string, options: { readonly worker: boolean } = { worker: true }): Promise<Pair> {
    const settings = { path: join(folder, options.worker ? "raw.db" : "raw-producer.db") };
    const worker = options.worker ? await Child.start(here("raw/worker.ts"), settings) : undefined;
    return new Pair(await Child.start(here("raw/producer.ts"), settings), worker);
  }

  ask<T>(command: string, input: unknown): Promise<T> {
    return this.#producer.ask(command, input);
  }

  /** Runs a command that answers with its milliseconds. */
  async run(command: string, input: unknown): Promise<Run> {
    const before = await this.#cpuMs();
    const ms = await this.ask<number>(command, input);
    return { ms, cpuMs: (await this.#cpuMs()) - before };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#producer[Symbol.asyncDispose]();
    for (const worker of this.#workers) await worker[Symbol.asyncDispose]();
  }

  async #cpuMs(): Promise<number> {
    const each = [this.#producer, ...this.#workers].map((child) => child.ask<number>("cpuMs"));
    return (await Promise.all(each)).reduce((sum, ms) => sum + ms, 0);
  }
}
