import type { Job } from "./pool.js";
import type { PoolThread } from "./thread.js";

/** So many threads in a row that die of their start end the pool. */
const MAX_FAILED_STARTS = 5;
const BACKOFF_MS = 100;

export interface CrewOptions<J extends Job> {
  readonly size: number;
  readonly open: () => PoolThread<J>;
  /** A pause after a failed start is over. */
  readonly onResume: () => void;
  readonly onHopeless: (error: Error) => void;
}

/** Keeps a pool's threads at their number: starts one for each that is gone or condemned, slower when they die of their start. */
export class Crew<J extends Job> {
  readonly #options: CrewOptions<J>;
  readonly #threads = new Set<PoolThread<J>>();
  #failedStarts = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: CrewOptions<J>) {
    this.#options = options;
  }

  get threads(): readonly PoolThread<J>[] {
    return [...this.#threads];
  }

  /** A failed start is waited out. */
  get pausing(): boolean {
    return this.#timer !== undefined;
  }

  /** Those that take jobs. */
  get ready(): readonly PoolThread<J>[] {
    return this.threads.filter((thread) => thread.ready && !thread.condemned);
  }

  add(thread: PoolThread<J>): void {
    this.#threads.add(thread);
  }

  /** Starts what is missing. */
  fill(): void {
    if (this.#stopped || this.#timer !== undefined) return;
    const missing = this.#options.size - this.threads.filter(({ condemned }) => !condemned).length;
    for (let i = 0; i < missing; i++) this.#threads.add(this.#options.open());
  }

  /** A thread is gone. */
  replace(thread: PoolThread<J>): void {
    if (this.#threads.delete(thread)) this.fill();
  }

  /** Any thread of the pool died of its start, or has shown that threads do not. */
  noteStart(failure: Error | undefined): void {
    if (failure === undefined) this.#failedStarts = 0;
    else if (++this.#failedStarts >= MAX_FAILED_STARTS) this.#giveUp(failure);
    else this.#pause(BACKOFF_MS * 2 ** (this.#failedStarts - 1));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #pause(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.fill();
      this.#options.onResume();
    }, ms);
  }

  #giveUp(cause: Error): void {
    this.stop();
    this.#options.onHopeless(
      new Error(`${MAX_FAILED_STARTS} pool threads in a row died of their start, the last one: ${cause.message}`, {
        cause,
      }),
    );
  }
}
