const DRAIN_MS = 1_000;
const PAUSE_MS = 1_000;

/**
 * When to give up a channel on which messages were refused. A channel of RabbitMQ remembers which node led a quorum queue when it
 * first wrote to it; if that node is gone by then, everything is refused for as long as the channel lives, whoever leads the queue now.
 */
export class Refusals {
  #at: number | undefined;
  #renewedAt = -Infinity;

  /** A message was refused. */
  note(): void {
    const now = performance.now();
    if (now - this.#renewedAt > PAUSE_MS) this.#at ??= now;
  }

  /** Whether nothing is to be written now, so that what is on its way comes to its end. */
  holdsBack(onTheirWay: number): boolean {
    return this.#at !== undefined && onTheirWay > 0 && performance.now() - this.#at < DRAIN_MS;
  }

  /** Whether the channel is to be given up now; it is asked once for each. */
  isDue(onTheirWay: number): boolean {
    if (this.#at === undefined || onTheirWay > 0) return false;
    this.#at = undefined;
    this.#renewedAt = performance.now();
    return true;
  }
}
