import { packRows } from "./columns.js";
import { keyOf } from "./feed.js";
import type { Outbox } from "./outbox.js";
import type { Store } from "./store.js";

/** Brings what is new in a store to the clients that follow it. */
export class News {
  readonly #store: Store;
  readonly #outbox: Outbox;

  constructor(store: Store, outbox: Outbox) {
    this.#store = store;
    this.#outbox = outbox;
  }

  /** Whether results or events are waited for. */
  get areAwaited(): boolean {
    return this.#store.resultFeed.isFollowed || this.#store.eventFeed.isFollowed;
  }

  get topicsAreAwaited(): boolean {
    return this.#store.topicFeed.isFollowed;
  }

  /** Gives a client the records of ids as soon as there are any. */
  wait(client: number, ids: readonly string[]): void {
    for (const id of ids) this.#store.resultFeed.follow(id, client);
    this.#pushResults(client, ids);
  }

  results(): void {
    for (const [client, ids] of this.#store.resultFeed.poll()) this.#pushResults(client, ids);
    for (const [client, rows] of this.#store.eventFeed.poll()) {
      const ids = [...new Set(rows.map(keyOf))];
      this.#outbox.push({ kind: "events", client, ids });
    }
  }

  topics(): void {
    for (const [client, rows] of this.#store.topicFeed.poll()) {
      for (const [, topic, message] of rows) {
        this.#outbox.push({ kind: "heard", client, topic: topic as string, message: message as Uint8Array });
      }
    }
  }

  #pushResults(client: number, ids: readonly string[]): void {
    const rows = this.#store.records.get(ids, Date.now());
    if (rows.length === 0) return;
    for (const [id] of rows) this.#store.resultFeed.unfollow(id as string, client);
    const records = packRows(rows);
    this.#outbox.push({ kind: "results", client, records }, records);
  }
}
