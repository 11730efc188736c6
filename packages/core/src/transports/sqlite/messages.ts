import type { QueueDepth } from "../../powers.js";
import { ENVELOPE_COLUMNS, type OwnRow } from "./columns.js";
import type { Database } from "./database.js";
import { BODY, LIMIT, type SqlRow, type SqlValue } from "./driver.js";
import { readFront, type Front } from "./front.js";
import { insertRows } from "./insert-rows.js";
import type { Tables } from "./schema.js";

const PROMOTE_ROWS = 1_000;

const ENVELOPE = ENVELOPE_COLUMNS.join(",");
const COLUMNS = [...ENVELOPE_COLUMNS, "due", "redeliveries"];
const READY = "owner IS NULL AND due IS NULL";

/** Messages of one prefix. What changes something runs within `Database.write`. */
export class Messages {
  readonly #db: Database;
  readonly #tables: Tables;

  constructor(db: Database, tables: Tables) {
    this.#db = db;
    this.#tables = tables;
  }

  /** Stores the envelopes whose id is neither that of a message nor that of a result; says which were stored. */
  enqueue(envelopes: readonly OwnRow[], now: number): boolean[] {
    if (envelopes.length === 1) return [this.#enqueueOne(this.#toRow(envelopes[0]!, now), now)];
    const known = this.#known(envelopes, now);
    const fresh: OwnRow[] = [];
    const stored = envelopes.map((envelope) => {
      if (known.has(envelope[0]!)) return false;
      known.add(envelope[0]!);
      fresh.push(this.#toRow(envelope, now));
      return true;
    });
    insertRows(this.#db, this.#tables.message, COLUMNS, fresh);
    return stored;
  }

  declare(queues: readonly string[]): void {
    for (const name of queues)
      this.#db.run(`INSERT INTO ${this.#tables.queue} VALUES (?) ON CONFLICT DO NOTHING`, name);
  }

  /** Whether a message is ready, and when the next delayed one is due, infinity when there is none. */
  look(queue: string): { readonly hasReady: boolean; readonly nextDue: number } {
    const { message } = this.#tables;
    const [row] = this.#db.rows(
      `SELECT EXISTS (SELECT 1 FROM ${message} WHERE queue = ?1 AND ${READY}),
       (SELECT min(due) FROM ${message} WHERE queue = ?1 AND due IS NOT NULL)`,
      queue,
    );
    const [ready, due] = row as [number, number | null];
    return { hasReady: ready === 1, nextDue: due ?? Infinity };
  }

  /** Makes delayed messages that are due ready. */
  promote(queue: string, now: number): void {
    const { message } = this.#tables;
    const due = `SELECT seq FROM ${message} WHERE queue = ? AND due IS NOT NULL AND due <= ? ORDER BY due LIMIT ${PROMOTE_ROWS}`;
    this.#db.run(`UPDATE ${message} SET due = NULL WHERE seq IN (${due})`, queue, now);
  }

  /** Gives the messages that come next to an owner. */
  claim(queue: string, limit: number, owner: number): Front {
    const { message } = this.#tables;
    const front = readFront(this.#db, message, queue, limit);
    const update = `UPDATE ${message} SET owner = ? WHERE seq`;
    const seqs = front.rows.map((row) => row[0]!);
    if (seqs.length === 1) this.#db.run(`${update} = ?`, owner, seqs[0]!);
    else if (seqs.length > 1)
      this.#db.run(`${update} IN (SELECT value FROM json_each(?))`, owner, JSON.stringify(seqs));
    return front;
  }

  /** Removes messages; returns the sequence numbers of those that `owner` had. */
  finish(owner: number, seqs: readonly number[]): SqlValue[] {
    const those = `DELETE FROM ${this.#tables.message} WHERE owner = ? AND seq`;
    if (seqs.length === 1) return this.#db.run(`${those} = ?`, owner, seqs[0]!) === 1 ? [...seqs] : [];
    const sql = `${those} IN (SELECT value FROM json_each(?)) RETURNING seq`;
    return this.#db.rows(sql, owner, JSON.stringify(seqs)).map((row) => row[0]!);
  }

  /** Puts messages back where they came from, the front of their queue. */
  release(owner: number, seqs: readonly number[]): SqlValue[] {
    const { message } = this.#tables;
    const sql = `UPDATE ${message} SET owner = NULL WHERE owner = ? AND seq IN (SELECT value FROM json_each(?)) RETURNING seq`;
    return this.#db.rows(sql, owner, JSON.stringify(seqs)).map((row) => row[0]!);
  }

  /** Whether `owner` had the message that `next` takes the place of. */
  replace(owner: number, seq: number, next: OwnRow, now: number): boolean {
    const sql = `DELETE FROM ${this.#tables.message} WHERE owner = ? AND seq = ?`;
    if (this.#db.run(sql, owner, seq) === 0) return false;
    insertRows(this.#db, this.#tables.message, COLUMNS, [this.#toRow(next, now)]);
    return true;
  }

  /** Whether `owner` had the message that became a dead letter. */
  bury(owner: number, seq: number, reason: string, now: number): boolean {
    const { message, dead } = this.#tables;
    const copied = this.#db.run(
      `INSERT INTO ${dead} (${ENVELOPE},reason,at) SELECT ${ENVELOPE},?,? FROM ${message} WHERE owner = ? AND seq = ?`,
      reason,
      now,
      owner,
      seq,
    );
    return copied === 1 && this.finish(owner, [seq]).length === 1;
  }

  depths(now: number): QueueDepth[] {
    const { message, dead, queue, worker, consumer } = this.#tables;
    const depths = new Map<string, { -readonly [K in keyof QueueDepth]: QueueDepth[K] }>();
    const count = (field: Exclude<keyof QueueDepth, "queue"> | undefined, sql: string, ...values: number[]): void => {
      for (const [name, n] of this.#db.rows(sql, ...values)) {
        const none = { waiting: 0, delayed: 0, owned: 0, dead: 0, consumers: 0 };
        const depth = depths.get(name as string) ?? { queue: name as string, ...none };
        depths.set(depth.queue, depth);
        if (field !== undefined) depth[field] = n as number;
      }
    };
    count(undefined, `SELECT name, 0 FROM ${queue}`);
    count("waiting", `SELECT queue, count(*) FROM ${message} WHERE ${READY} GROUP BY queue`);
    count("delayed", `SELECT queue, count(*) FROM ${message} WHERE due IS NOT NULL GROUP BY queue`);
    count("owned", `SELECT queue, count(*) FROM ${message} WHERE owner IS NOT NULL AND due IS NULL GROUP BY queue`);
    count("dead", `SELECT queue, count(*) FROM ${dead} GROUP BY queue`);
    const alive = `SELECT id FROM ${worker} WHERE lease_until >= ?`;
    count("consumers", `SELECT queue, count(*) FROM ${consumer} WHERE owner IN (${alive}) GROUP BY queue`, now);
    return [...depths.values()];
  }

  /** Oldest first; reason and time before the columns of the envelope. */
  dead(queue: string, limit: number): OwnRow[] {
    return this.#db.rows(
      `SELECT reason,at,${ENVELOPE} FROM ${this.#tables.dead} WHERE queue = ? ORDER BY seq LIMIT ${LIMIT}`,
      queue,
      limit,
    );
  }

  removeDead(queue: string, ids: readonly string[]): number {
    const sql = `DELETE FROM ${this.#tables.dead} WHERE queue = ? AND id IN (SELECT value FROM json_each(?))`;
    return this.#db.run(sql, queue, JSON.stringify(ids));
  }

  purge(queue: string): number {
    return this.#db.run(`DELETE FROM ${this.#tables.message} WHERE queue = ? AND owner IS NULL`, queue);
  }

  /** The columns of an envelope become those of a message. */
  #toRow(envelope: OwnRow, now: number): OwnRow {
    const eta = envelope[3]!;
    envelope.push(eta !== null && (eta as number) > now ? eta : null, 0);
    return envelope;
  }

  /** The same for one, as columns of a message, in one statement. */
  #enqueueOne(row: OwnRow, now: number): boolean {
    const { message, result } = this.#tables;
    const values = COLUMNS.map((column) => (column === "body" ? BODY : "?")).join(",");
    const sql = `INSERT INTO ${message} (${COLUMNS.join(",")}) SELECT ${values}
      WHERE NOT EXISTS (SELECT 1 FROM ${result} WHERE id = ?1 AND expires > ?) ON CONFLICT (id) DO NOTHING`;
    return this.#db.run(sql, ...row, now) === 1;
  }

  #known(envelopes: readonly SqlRow[], now: number): Set<SqlValue> {
    const { message, result } = this.#tables;
    const rows = this.#db.rows(
      `SELECT value FROM json_each(?1) WHERE EXISTS (SELECT 1 FROM ${message} WHERE id = value)
       OR EXISTS (SELECT 1 FROM ${result} WHERE id = value AND expires > ?2)`,
      JSON.stringify(envelopes.map((envelope) => envelope[0])),
      now,
    );
    return new Set(rows.map((row) => row[0]!));
  }
}
