import type { SqlRow } from "./driver.js";

/** A table whose rows have a growing sequence number, in the order of commits. */
export interface Growing {
  newest(): number;
  /** Rows after `seq`: sequence number, key, and what else there is. */
  newer(seq: number): SqlRow[];
}

/**
 * Who follows which keys of a growing table. Each new row is read once, whatever the number of followers: the cost is that
 * of what is new, not of what is waited for.
 */
export class Feed {
  readonly #table: Growing;
  readonly #followers = new Map<string, Set<number>>();
  #seen = 0;

  constructor(table: Growing) {
    this.#table = table;
  }

  get isFollowed(): boolean {
    return this.#followers.size > 0;
  }

  /** From now on; what the table holds already must be read after this. */
  follow(key: string, client: number): void {
    if (this.#followers.size === 0) this.#seen = this.#table.newest();
    const clients = this.#followers.get(key);
    if (clients === undefined) this.#followers.set(key, new Set([client]));
    else clients.add(client);
  }

  unfollow(key: string, client: number): void {
    const clients = this.#followers.get(key);
    if (clients?.delete(client) && clients.size === 0) this.#followers.delete(key);
  }

  leave(client: number): void {
    for (const key of [...this.#followers.keys()]) this.unfollow(key, client);
  }

  /** The new rows that somebody follows, for each client. */
  poll(): Map<number, SqlRow[]> {
    const news = new Map<number, SqlRow[]>();
    if (!this.isFollowed) return news;
    for (const row of this.#table.newer(this.#seen)) {
      this.#seen = row[0] as number;
      for (const client of this.#followers.get(row[1] as string) ?? []) {
        const rows = news.get(client);
        if (rows === undefined) news.set(client, [row]);
        else rows.push(row);
      }
    }
    return news;
  }
}
