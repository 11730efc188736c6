import type { OwnRow } from "./columns.js";
import type { Database } from "./database.js";
import { BODY, type SqlRow } from "./driver.js";
import { Expiry } from "./expiry.js";
import { KEPT_EVENTS } from "../../result-backend.js";
import type { Tables } from "./schema.js";

const COLUMNS = "number,id,state,ttl,body";
const PAGE_ROWS = 256;

/** What happened to tasks of one prefix before their end. What changes something runs within `Database.write`. */
export class EventLog {
  readonly #db: Database;
  readonly #event: string;
  readonly #expiry: Expiry;

  constructor(db: Database, tables: Tables) {
    this.#db = db;
    this.#event = tables.event;
    this.#expiry = new Expiry(db, this.#event);
  }

  /** Adds events (as `packRecords` makes them), each with the next number of its id, and removes those that are not kept. */
  append(events: readonly SqlRow[], now: number): void {
    for (const [id, state, ttl, body] of events) {
      this.#db.run(
        `INSERT INTO ${this.#event} (id,number,state,ttl,expires,body)
         VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM ${this.#event} WHERE id = ?1), ?2, ?3, ?4, ${BODY})`,
        id!,
        state!,
        ttl!,
        now + (ttl as number),
        body!,
      );
      this.#db.run(
        `DELETE FROM ${this.#event} WHERE id = ?1 AND number <= (SELECT max(number) FROM ${this.#event} WHERE id = ?1) - ${KEPT_EVENTS}`,
        id!,
      );
    }
    this.#expiry.remove(now, events.length);
  }

  latest(ids: readonly string[], now: number): OwnRow[] {
    // json_each has a column of the name id too
    return this.#db.rows(
      `SELECT number,event.id,state,ttl,body FROM json_each(?) JOIN ${this.#event} event ON event.id = value
       WHERE expires > ? AND number = (SELECT max(number) FROM ${this.#event} WHERE id = event.id)`,
      JSON.stringify(ids),
      now,
    );
  }

  /** The first events of `id` after a number. */
  after(id: string, number: number, now: number): OwnRow[] {
    return this.#db.rows(
      `SELECT ${COLUMNS} FROM ${this.#event} WHERE id = ? AND number > ? AND expires > ? ORDER BY number LIMIT ${PAGE_ROWS}`,
      id,
      number,
      now,
    );
  }

  /** Sequence number and id of each event stored after `seq`. */
  newer(seq: number): SqlRow[] {
    return this.#db.rows(`SELECT seq,id FROM ${this.#event} WHERE seq > ? ORDER BY seq`, seq);
  }

  newest(): number {
    return (this.#db.value(`SELECT max(seq) FROM ${this.#event}`) as number | null) ?? 0;
  }

  forget(ids: readonly string[]): void {
    this.#db.run(`DELETE FROM ${this.#event} WHERE id IN (SELECT value FROM json_each(?))`, JSON.stringify(ids));
  }
}
