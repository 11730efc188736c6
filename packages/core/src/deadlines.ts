import { timeoutSignal } from "./timer.js";

/**
 * Signals of deadlines. Those that are close to each other share one: to make a signal, and to listen to it for the first
 * time, costs more than the rest of a small batch.
 */
export class Deadlines {
  readonly #slackMs: number;
  #at = -Infinity;
  #signal: AbortSignal | undefined;

  /** A signal may abort so much before its deadline. */
  constructor(slackMs: number) {
    this.#slackMs = slackMs;
  }

  /** The signal of a deadline by `performance.now()`. */
  signal(deadline: number): AbortSignal {
    if (this.#signal?.aborted === false && this.#at <= deadline && deadline - this.#at <= this.#slackMs)
      return this.#signal;
    this.#at = deadline;
    return (this.#signal = timeoutSignal(deadline - performance.now()));
  }
}
