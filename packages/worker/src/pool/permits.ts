import { AsyncResource } from "node:async_hooks";

/** How many jobs a thread may run at once. Those who wait to go on come before those who want to begin. */
export class Permits {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  readonly #onFree: () => void;
  /** `release` from within a task, whose asynchronous context must not become that of the jobs that begin then. */
  readonly leave = AsyncResource.bind(() => this.release());

  /** @param onFree called when a permit is free that nobody waits for. */
  constructor(count: number, onFree: () => void) {
    this.#free = count;
    this.#onFree = onFree;
  }

  get available(): boolean {
    return this.#free > 0;
  }

  take(): void {
    this.#free--;
  }

  async acquire(): Promise<void> {
    if (this.#free > 0) return this.take();
    await new Promise<void>((resume) => this.#waiting.push(resume));
  }

  /** To be called outside of all tasks. */
  release(): void {
    const resume = this.#waiting.shift();
    if (resume !== undefined) return resume();
    this.#free++;
    this.#onFree();
  }
}
