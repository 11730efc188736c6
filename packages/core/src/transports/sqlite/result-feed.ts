import { keyOf, type Growing } from "./feed.js";
import { Followers } from "./followers.js";

/** So few records are looked for one by one: that costs less than to find out which are new. */
const FEW = 4;

/** Who waits for which records, each of which comes once and stays. */
export class ResultFeed {
  readonly #table: Growing;
  readonly #followers = new Followers();
  /** All rows up to this one were read; undefined while there are few followers. */
  #seen: number | undefined;
  /** What was followed when reading began. */
  #overdue: readonly string[] = [];

  constructor(table: Growing) {
    this.#table = table;
  }

  get isFollowed(): boolean {
    return this.#followers.size > 0;
  }

  /** From now on; what the table holds already must be read after this. */
  follow(key: string, client: number): void {
    if (this.#followers.size === FEW && this.#seen === undefined) {
      this.#overdue = this.#followers.keys;
      this.#seen = this.#table.newest();
    }
    this.#followers.add(key, client);
  }

  unfollow(key: string, client: number): void {
    this.#followers.remove(key, client);
  }

  leave(client: number): void {
    this.#followers.leave(client);
  }

  /** Followed keys that may have a record now, for each client. */
  poll(): Map<number, string[]> {
    if (this.#followers.size <= FEW) return this.#all();
    const keys = this.#overdue;
    this.#overdue = [];
    const rows = this.#table.newer(this.#seen!);
    if (rows.length > 0) this.#seen = rows.at(-1)![0] as number;
    return this.#followers.share([...keys, ...rows.map(keyOf)], itself);
  }

  #all(): Map<number, string[]> {
    this.#seen = undefined;
    this.#overdue = [];
    return this.#followers.share(this.#followers.keys, itself);
  }
}

const itself = (key: string): string => key;
