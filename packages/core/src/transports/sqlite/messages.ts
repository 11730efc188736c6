import type { QueueDepth } from "../../powers.js";
import { ENVELOPE_COLUMNS, type OwnRow } from "./columns.js";
import type { Database } from "./database.js";
import type { SqlRow, SqlValue } from "./driver.js";
import { insertRows } from "./insert-rows.js";
import type { Tables } from "./schema.js";

/** How many bytes of bodies one claim takes at most, beyond its first message. */
const CLAIM_BYTES = 16 * 1024 * 1024;
const PROMOTE_ROWS = 1_000;

const ENVELOPE = ENVELOPE_COLUMNS.join(",");
const COLUMNS = [...ENVELOPE_COLUMNS, "due", "redeliveries"];
const READY = "owner IS NULL AND due IS NULL";

/** Messages that somebody owns from now on. */
export interface Claimed {
  /** Sequence number, redeliveries, then the columns of `ENVELOPE_COLUMNS`. */
  readonly rows: readonly OwnRow[];
  /** Nothing more was ready. */
  readonly isAll: boolean;
}

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
    const known = this.#known(envelopes, now);
    const fresh: OwnRow[] = [];
    const stored = envelopes.map((envelope) => {
      if (known.has(envelope[0]!)) return false;
      known.add(envelope[0]!);
      fresh.push(this.#toRow(envelope, now, 0));
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

  /** When the next delayed message is due; infinity when there is none. */
  nextDue(queue: string): number {
    const due = this.#db.value(
      `SELECT min(due) FROM ${this.#tables.message} WHERE queue = ? AND due IS NOT NULL`,
      queue,
    );
    return (due as number | null) ?? Infinity;
  }

  /** Makes delayed messages that are due ready. */
  promote(queue: string, now: number): void {
    const { message } = this.#tables;
    const due = `SELECT seq FROM ${message} WHERE queue = ? AND due IS NOT NULL AND due <= ? ORDER BY due LIMIT ${PROMOTE_ROWS}`;
    this.#db.run(`UPDATE ${message} SET due = NULL WHERE seq IN (${due})`, queue, now);
  }

  claim(queue: string, limit: number, owner: number): Claimed {
    const { rows, isAll } = this.#front(queue, limit);
    if (rows.length > 0) {
      const { message } = this.#tables;
      const seqs = JSON.stringify(rows.map((row) => row[0]));
      this.#db.run(`UPDATE ${message} SET owner = ? WHERE seq IN (SELECT value FROM json_each(?))`, owner, seqs);
    }
    return { rows, isAll };
  }

  /** Removes messages; returns the sequence numbers of those that `owner` had. */
  finish(owner: number, seqs: readonly number[]): SqlValue[] {
    const sql = `DELETE FROM ${this.#tables.message} WHERE owner = ? AND seq IN (SELECT value FROM json_each(?)) RETURNING seq`;
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
    const sql = `DELETE FROM ${this.#tables.message} WHERE owner = ? AND seq = ? RETURNING redeliveries`;
    const redeliveries = this.#db.value(sql, owner, seq);
    if (redeliveries === null) return false;
    insertRows(this.#db, this.#tables.message, COLUMNS, [this.#toRow(next, now, redeliveries)]);
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

  depths(): QueueDepth[] {
    const { message, dead, queue } = this.#tables;
    const depths = new Map<string, { -readonly [K in keyof QueueDepth]: QueueDepth[K] }>();
    const count = (field: "waiting" | "delayed" | "owned" | "dead" | undefined, sql: string): void => {
      for (const [name, n] of this.#db.rows(sql)) {
        const depth = depths.get(name as string) ?? {
          queue: name as string,
          waiting: 0,
          delayed: 0,
          owned: 0,
          dead: 0,
        };
        depths.set(depth.queue, depth);
        if (field !== undefined) depth[field] = n as number;
      }
    };
    count(undefined, `SELECT name, 0 FROM ${queue}`);
    count("waiting", `SELECT queue, count(*) FROM ${message} WHERE ${READY} GROUP BY queue`);
    count("delayed", `SELECT queue, count(*) FROM ${message} WHERE due IS NOT NULL GROUP BY queue`);
    count("owned", `SELECT queue, count(*) FROM ${message} WHERE owner IS NOT NULL AND due IS NULL GROUP BY queue`);
    count("dead", `SELECT queue, count(*) FROM ${dead} GROUP BY queue`);
    return [...depths.values()];
  }

  /** Oldest first; reason and time before the columns of the envelope. */
  dead(queue: string, limit: number): OwnRow[] {
    return this.#db.rows(
      `SELECT reason,at,${ENVELOPE} FROM ${this.#tables.dead} WHERE queue = ? ORDER BY seq LIMIT ?`,
      queue,
      limit,
    );
  }

  purge(queue: string): number {
    return this.#db.run(`DELETE FROM ${this.#tables.message} WHERE queue = ? AND owner IS NULL`, queue);
  }

  /** The messages that come next: as many as the bytes of one claim allow, but one at least. */
  #front(queue: string, limit: number): Claimed {
    const next = `FROM ${this.#tables.message} WHERE queue = ? AND ${READY} ORDER BY priority DESC, seq LIMIT ?`;
    // one message needs no counting, and in a quiet queue there is no more
    const first = this.#db.rows(`SELECT seq,redeliveries,${ENVELOPE} ${next}`, queue, 2);
    if (first.length < 2) return { rows: first, isAll: true };
    const [totals] = this.#db.rows(`SELECT count(*),total(length(body)) FROM (SELECT body ${next})`, queue, limit);
    const [ready, bytes] = totals as [number, number];
    const count =
      bytes <= CLAIM_BYTES
        ? ready
        : countWithin(CLAIM_BYTES, this.#db.rows(`SELECT length(body) ${next}`, queue, limit));
    const rows = count === 0 ? [] : this.#db.rows(`SELECT seq,redeliveries,${ENVELOPE} ${next}`, queue, count);
    return { rows, isAll: ready < limit && count === ready };
  }

  /** The columns of an envelope become those of a message. */
  #toRow(envelope: OwnRow, now: number, redeliveries: SqlValue): OwnRow {
    const eta = envelope[3]!;
    envelope.push(eta !== null && (eta as number) > now ? eta : null, redeliveries);
    return envelope;
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

/** How many of the first bodies have no more than `bytes` in all; one at least. */
function countWithin(bytes: number, lengths: readonly SqlRow[]): number {
  let sum = 0;
  const over = lengths.findIndex((row) => (sum += row[0] as number) > bytes);
  return over < 0 ? lengths.length : Math.max(1, over);
}
