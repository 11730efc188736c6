import { Child } from "../child/child.js";
import { Pair } from "../pair.js";

/** A pair that can be asked for `stored`: its worker says when the last result is, which costs less than to tell the caller of each. */
export class TalliedPair extends Pair {
  readonly #worker: Child | undefined;

  private constructor(producer: Child, worker?: Child) {
    super(producer, worker);
    this.#worker = worker;
  }

  /** Starts `producer.ts` and, with settings for it, `worker.ts` of a folder beside this file. */
  static async start(peer: string, producer: unknown, worker?: unknown): Promise<TalliedPair> {
    const module = (name: string): URL => new URL(`${peer}/${name}.ts`, import.meta.url);
    const started = worker === undefined ? undefined : await Child.start(module("worker"), worker);
    return new TalliedPair(await Child.start(module("producer"), producer), started);
  }

  override async ask<T>(command: string, input: unknown): Promise<T> {
    return command === "stored" ? ((await this.#stored(input as number)) as T) : await super.ask<T>(command, input);
  }

  /** Milliseconds until this process knows that the results of `n` tasks are stored. */
  async #stored(n: number): Promise<number> {
    await this.#worker!.ask("expect", n);
    const start = performance.now();
    await super.ask("sendMany", n);
    await this.#worker!.ask("finished");
    return performance.now() - start;
  }
}
