import type { Database } from "./database.js";
import type { SqlValue } from "./driver.js";
import type { Tables } from "./schema.js";

/** Who owns messages, and until when. What changes something runs within `Database.write`. */
export class Leases {
  readonly #db: Database;
  readonly #tables: Tables;

  constructor(db: Database, tables: Tables) {
    this.#db = db;
    this.#tables = tables;
  }

  /** A new owner; its number was never used before. */
  register(until: number): number {
    return this.#db.insert(`INSERT INTO ${this.#tables.worker} (lease_until) VALUES (?)`, until);
  }

  /** Whether the owner still has what it owned; a lease that is over but that nobody noticed goes on. */
  renew(owner: number, until: number): boolean {
    return this.#db.run(`UPDATE ${this.#tables.worker} SET lease_until = ? WHERE id = ?`, until, owner) === 1;
  }

  /** Notes which queues an owner takes from, for those who ask. */
  list(owner: number, queues: readonly string[]): void {
    const { consumer } = this.#tables;
    this.#db.run(`DELETE FROM ${consumer} WHERE owner = ?`, owner);
    for (const queue of queues) this.#db.run(`INSERT INTO ${consumer} VALUES (?, ?)`, owner, queue);
  }

  exists(owner: number): boolean {
    return this.#db.value(`SELECT 1 FROM ${this.#tables.worker} WHERE id = ?`, owner) === 1;
  }

  expired(now: number): SqlValue[] {
    return this.#db.rows(`SELECT id FROM ${this.#tables.worker} WHERE lease_until < ?`, now).map((row) => row[0]!);
  }

  /** Takes all that an owner has away from it, back to the front of its queues. Returns how many messages that were. */
  abandon(owner: SqlValue, { died }: { readonly died: boolean }): number {
    const { message, consumer, worker } = this.#tables;
    const sql = `UPDATE ${message} SET owner = NULL, redeliveries = redeliveries + ? WHERE owner = ? AND due IS NULL`;
    const messages = this.#db.run(sql, died ? 1 : 0, owner);
    this.#db.run(`DELETE FROM ${consumer} WHERE owner = ?`, owner);
    this.#db.run(`DELETE FROM ${worker} WHERE id = ?`, owner);
    return messages;
  }
}
