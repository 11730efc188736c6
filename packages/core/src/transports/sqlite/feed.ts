import type { SqlRow } from "./driver.js";
import { Followers } from "./followers.js";

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
  readonly #followers = new Followers();
  #seen = 0;

  constructor(table: Growing) {
    this.#table = table;
  }

  get isFollowed(): boolean {
    return this.#followers.size > 0;
  }

  /** From now on; what the table holds already must be read after this. */
  follow(key: string, client: number): void {
    if (!this.isFollowed) this.#seen = this.#table.newest();
    this.#followers.add(key, client);
  }

  unfollow(key: string, client: number): void {
    this.#followers.remove(key, client);
  }

  leave(client: number): void {
    this.#followers.leave(client);
  }

  /** The new rows that somebody follows, for each client. */
  poll(): Map<number, SqlRow[]> {
    if (!this.isFollowed) return new Map<number, SqlRow[]>();
    const rows = this.#table.newer(this.#seen);
    if (rows.length > 0) this.#seen = rows.at(-1)![0] as number;
    return this.#followers.share(rows, keyOf);
  }
}

export const keyOf = (row: SqlRow): string => row[1] as string;
