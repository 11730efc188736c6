import type { OwnRow } from "./columns.js";
import type { Database } from "./database.js";
import { BODY, type SqlRow, type SqlValue } from "./driver.js";
import { Expiry } from "./expiry.js";
import { insertRows } from "./insert-rows.js";
import type { Tables } from "./schema.js";

const COLUMNS = ["id", "state", "ttl", "body", "expires"];

/** Terminal records of one prefix. What changes something runs within `Database.write`. */
export class Records {
  readonly #db: Database;
  readonly #result: string;
  readonly #expiry: Expiry;

  constructor(db: Database, tables: Tables) {
    this.#db = db;
    this.#result = tables.result;
    this.#expiry = new Expiry(db, this.#result);
  }

  /** Stores the records (as `packRecords` makes them) whose id has none; says which were stored. */
  put(records: readonly OwnRow[], now: number): boolean[] {
    if (records.length === 1 && this.#putNew(records[0]!, now)) return [true];
    const known = this.#known(records, now);
    const fresh: OwnRow[] = [];
    const stored = records.map((record) => {
      if (known.has(record[0]!)) return false;
      known.add(record[0]!);
      record.push(now + (record[2] as number));
      fresh.push(record);
      return true;
    });
    insertRows(this.#db, this.#result, COLUMNS, fresh);
    this.#expiry.remove(now, fresh.length);
    return stored;
  }

  /** Records of these ids, in any order. */
  get(ids: readonly string[], now: number): OwnRow[] {
    const select = `SELECT id,state,ttl,body FROM ${this.#result} WHERE expires > ? AND id`;
    if (ids.length === 1) return this.#db.rows(`${select} = ?`, now, ids[0]!);
    return this.#db.rows(`${select} IN (SELECT value FROM json_each(?))`, now, JSON.stringify(ids));
  }

  /** Sequence number and id of each record stored after `seq`. */
  newer(seq: number): SqlRow[] {
    return this.#db.rows(`SELECT seq,id FROM ${this.#result} WHERE seq > ? ORDER BY seq`, seq);
  }

  newest(): number {
    return (this.#db.value(`SELECT max(seq) FROM ${this.#result}`) as number | null) ?? 0;
  }

  forget(ids: readonly string[]): void {
    this.#db.run(`DELETE FROM ${this.#result} WHERE id IN (SELECT value FROM json_each(?))`, JSON.stringify(ids));
  }

  /** One statement for one record; false when its id has one, whose time may be over. */
  #putNew(record: OwnRow, now: number): boolean {
    const sql = `INSERT INTO ${this.#result} (${COLUMNS.join(",")}) VALUES (?,?,?,${BODY},?) ON CONFLICT (id) DO NOTHING`;
    const isNew = this.#db.run(sql, ...record, now + (record[2] as number)) === 1;
    if (isNew) this.#expiry.remove(now, 1);
    return isNew;
  }

  /** The ids that have a record; removes those records whose time is over. */
  #known(records: readonly OwnRow[], now: number): Set<SqlValue> {
    const ids = JSON.stringify(records.map((record) => record[0]));
    const rows = this.#db.rows(
      `SELECT id,expires FROM ${this.#result} WHERE id IN (SELECT value FROM json_each(?))`,
      ids,
    );
    const expired = rows.filter((row) => (row[1] as number) <= now).map((row) => row[0] as string);
    if (expired.length > 0) this.forget(expired);
    return new Set(rows.map((row) => row[0]!).filter((id) => !expired.includes(id as string)));
  }
}
