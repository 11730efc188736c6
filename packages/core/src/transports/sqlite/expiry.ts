import type { Database } from "./database.js";
import { LIMIT } from "./driver.js";

const PAUSE_MS = 250;
const ROWS = 500;

/** Removes rows whose time is over: a few at a time, so that no write pays for all, and seldom, so that most pay nothing. */
export class Expiry {
  readonly #db: Database;
  readonly #sql: string;
  #written = 0;
  #nextAt = 0;

  constructor(db: Database, table: string) {
    this.#db = db;
    this.#sql = `DELETE FROM ${table} WHERE seq IN (SELECT seq FROM ${table} WHERE expires <= ? ORDER BY expires LIMIT ${LIMIT})`;
  }

  /** To be called with each write, within its transaction; `written` is how many rows it added. */
  remove(now: number, written: number): void {
    this.#written += written;
    if (this.#written < ROWS && performance.now() < this.#nextAt) return;
    this.#db.run(this.#sql, now, 2 * this.#written + 8);
    this.#written = 0;
    this.#nextAt = performance.now() + PAUSE_MS;
  }
}
