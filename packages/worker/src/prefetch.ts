const LOOK_AHEAD_MS = 100;
const MIN_WINDOW_MS = 10;
const MAX_CREDIT = 2_000;

/**
 * How many deliveries to own at once: as many as run, and what is finished within the next 100 ms by the speed just measured,
 * or a little longer: less is asked for when it is half. Short tasks travel in large batches; of slow ones nothing waits here
 * that another worker could start.
 */
export class Prefetch {
  /** Tasks at once. */
  concurrency: number;
  readonly #now: () => number;
  #windowStart: number;
  #ended = 0;
  #perMs = 0;
  /** Beyond those that run. */
  #ahead = 0;
  /** Looks since something ended. */
  #quiet = 0;

  constructor(concurrency: number, now: () => number = () => performance.now()) {
    this.concurrency = concurrency;
    this.#now = now;
    this.#windowStart = now();
  }

  /** Counts tasks that ended. */
  ended(count: number): void {
    this.#ended += count;
    if (count > 0) this.#quiet = 0;
    const elapsed = this.#now() - this.#windowStart;
    if (elapsed >= MIN_WINDOW_MS) {
      this.#perMs = this.#perMs / 2 + this.#ended / elapsed / 2;
      this.#ended = 0;
      this.#windowStart += elapsed;
      this.#lookAhead();
    }
  }

  /**
   * To be asked from time to time: how often it was, since a task ended, while there were some to end. From the second time on they
   * end slower than they were measured, and no more is owned than runs.
   */
  look(isBusy: boolean): number {
    this.#quiet = isBusy ? this.#quiet + 1 : 0;
    if (this.#quiet > 1) this.#perMs = this.#ahead = 0;
    return this.#quiet;
  }

  get credit(): number {
    return Math.min(Math.max(MAX_CREDIT, this.concurrency), this.concurrency + this.#ahead);
  }

  /** n.b. a broker may have to be told of every change: RabbitMQ knows no credit, a lower one is another consumer. */
  #lookAhead(): void {
    const ahead = Math.floor(this.#perMs * LOOK_AHEAD_MS);
    if (ahead > this.#ahead || ahead < this.#ahead / 2) this.#ahead = ahead;
  }
}
