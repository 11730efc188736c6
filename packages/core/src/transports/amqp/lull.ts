import { setTimeout as delay } from "node:timers/promises";
import type { Feed } from "./delivery.js";

/** After this its consumers are cancelled all the same. */
const LONGEST_MS = 1_000;
const PAUSE_MS = 20;

/**
 * The time before consumers are cancelled, in which nothing is acknowledged. It is over when they have all that they were
 * granted, or the queue has nothing more for them.
 *
 * n.b. RabbitMQ puts back what is on its way to a consumer that is cancelled, and counts a delivery for it, as if a worker had
 * died with it.
 */
export class Lull {
  readonly over: Promise<void>;
  readonly #room: Map<Feed, number>;
  readonly #ready: () => Promise<number>;
  #end!: () => void;
  #isOver = false;
  readonly #timer: NodeJS.Timeout;

  /** @param ready asks how many messages of the queue wait. */
  constructor(feeds: readonly Feed[], ready: () => Promise<number>) {
    this.#room = new Map(feeds.map((feed) => [feed, feed.credit - feed.owned]));
    this.#ready = ready;
    this.over = new Promise((resolve) => (this.#end = resolve));
    this.#timer = setTimeout(() => this.end(), LONGEST_MS);
    this.#endIfFull();
    // a queue that cannot be asked is gone, and its consumers with it
    this.#drained().then(
      () => this.end(),
      () => this.end(),
    );
  }

  /** A message came. */
  came(feed: Feed): void {
    const room = this.#room.get(feed);
    if (room === undefined) return;
    this.#room.set(feed, room - 1);
    if (room === 1) this.#endIfFull();
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#end();
  }

  #endIfFull(): void {
    if ([...this.#room.values()].every((room) => room <= 0)) this.end();
  }

  async #drained(): Promise<void> {
    while (!this.#isOver) {
      const ready = await this.#ready();
      // what was sent before this answer has come before the next one
      if (ready === 0) return void (await this.#ready());
      await delay(PAUSE_MS, undefined, { ref: false });
    }
  }
}
