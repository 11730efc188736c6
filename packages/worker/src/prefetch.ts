const LOOK_AHEAD_MS = 100;
const MIN_WINDOW_MS = 10;
const MAX_CREDIT = 2_000;

/**
 * How many deliveries to own at once: as many as run, and what is finished within the next 100 ms by the speed just measured.
 * Short tasks travel in large batches; of slow ones nothing waits here that another worker could start.
 */
export class Prefetch {
  /** Tasks at once. */
  concurrency: number;
  readonly #now: () => number;
  #windowStart: number;
  #ended = 0;
  #perMs = 0;

  constructor(concurrency: number, now: () => number = () => performance.now()) {
    this.concurrency = concurrency;
    this.#now = now;
    this.#windowStart = now();
  }

  /** Counts tasks that ended; returns the credit from now on. */
  ended(count: number): number {
    this.#ended += count;
    const elapsed = this.#now() - this.#windowStart;
    if (elapsed >= MIN_WINDOW_MS) {
      this.#perMs = this.#perMs / 2 + this.#ended / elapsed / 2;
      this.#ended = 0;
      this.#windowStart += elapsed;
    }
    return this.credit;
  }

  get credit(): number {
    return Math.min(Math.max(MAX_CREDIT, this.concurrency), this.concurrency + Math.floor(this.#perMs * LOOK_AHEAD_MS));
  }
}
