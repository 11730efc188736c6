import { ANYTHING, type Swap } from "../../registers.js";
import { FARTHEST_MS } from "./columns.js";
import type { Database } from "./database.js";
import { Expiry } from "./expiry.js";
import type { Tables } from "./schema.js";

/** The registers of one prefix. Runs within `Database.write`. */
export class Registers {
  readonly #db: Database;
  readonly #table: string;
  readonly #expiry: Expiry;

  constructor(db: Database, { register }: Tables) {
    this.#db = db;
    this.#table = register;
    this.#expiry = new Expiry(db, register);
  }

  /** Makes each swap in turn; returns what each register holds then. */
  swap(batch: readonly Swap[], now: number): (string | undefined)[] {
    const held = batch.map((swap) => this.#swap(swap, now));
    this.#expiry.remove(now, batch.length);
    return held;
  }

  #swap({ key, expected, next, ttlMs }: Swap, now: number): string | undefined {
    if (expected !== ANYTHING) {
      const held = this.#db.rows(`SELECT value FROM ${this.#table} WHERE key = ? AND expires > ?`, key, now)[0]?.[0];
      if (held !== expected) return held as string | undefined;
    }
    if (next === undefined) this.#db.run(`DELETE FROM ${this.#table} WHERE key = ?`, key);
    else this.#set(key, next, Math.min(FARTHEST_MS, now + ttlMs));
    return next;
  }

  #set(key: string, value: string, expires: number): void {
    const sql = `INSERT INTO ${this.#table} (key,value,expires) VALUES (?,?,?)
      ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires`;
    this.#db.run(sql, key, value, expires);
  }
}
