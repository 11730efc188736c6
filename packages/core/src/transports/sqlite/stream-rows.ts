import type { StreamPosition } from "../../streaming.js";
import { FARTHEST_MS, type OwnRow } from "./columns.js";
import type { Database } from "./database.js";
import { LIMIT } from "./driver.js";
import { Expiry } from "./expiry.js";
import { insertRows } from "./insert-rows.js";
import type { Requests } from "./protocol.js";
import type { Tables } from "./schema.js";

/** What is written is of one task; `items` end with their bodies. */
export type StreamWrite = Omit<Requests["streamPush"]["fields"], "items"> & { readonly items: readonly OwnRow[] };
export type StreamRead = Requests["streamPull"]["fields"];

interface Known extends StreamPosition {
  readonly seq: number;
  readonly ended: boolean;
  readonly ttl: number;
}

const NOTHING: StreamPosition = { written: 0, read: 0 };
const NO_BYTES = new Uint8Array();

/** What tasks of one prefix yield, until it is read. What changes something runs within `Database.write`. */
export class StreamRows {
  readonly #db: Database;
  readonly #stream: string;
  readonly #item: string;
  readonly #expiry: Expiry;

  constructor(db: Database, { stream, item }: Tables) {
    this.#db = db;
    this.#stream = stream;
    this.#item = item;
    this.#expiry = new Expiry(db, stream);
  }

  push({ task, first, ends, ttl, items }: StreamWrite, now: number): StreamPosition {
    const { seq, written, read, ended } = this.#begin(task, first, now);
    const fresh = ended ? [] : items.slice(Math.max(0, written + 1 - first));
    const rows = fresh.map((row, i) => [seq, written + 1 + i, row.at(-1)!]);
    insertRows(this.#db, this.#item, ["stream", "number", "body"], rows);
    const next = written + fresh.length;
    this.#db.run(
      `UPDATE ${this.#stream} SET written = ?, ended = ?, ttl = ?, expires = ? WHERE seq = ?`,
      ...[next, Number(ended || ends), ttl, Math.min(FARTHEST_MS, now + ttl), seq],
    );
    this.#expiry.remove(now, 1);
    return { written: next, read };
  }

  position(task: string, now: number): StreamPosition {
    const { written, read } = this.#find(task, now) ?? NOTHING;
    return { written, read };
  }

  /** Removes what the reader has done with; says whether there was any. */
  advance({ task, after }: StreamRead, now: number): boolean {
    const known = this.#find(task, now);
    if (known === undefined) return false;
    const { seq, ttl } = known;
    const read = Math.min(after, known.written);
    if (read <= known.read) return false;
    this.#db.run(`DELETE FROM ${this.#item} WHERE stream = ? AND number <= ?`, seq, read);
    const expires = Math.min(FARTHEST_MS, now + ttl);
    this.#db.run(`UPDATE ${this.#stream} SET read = ?, expires = ? WHERE seq = ?`, read, expires, seq);
    return true;
  }

  /** First and ended, each time, with the items that follow; the first row has none. No row where nothing is stored. */
  page({ task, maxItems, maxBytes }: StreamRead, now: number): OwnRow[] {
    const known = this.#find(task, now);
    if (known === undefined) return [];
    const { seq, written, read, ended } = known;
    const numbers = this.#fitting(seq, { maxItems, maxBytes });
    const isLast = Number(ended && read + numbers === written);
    const bodies = this.#db.rows(
      `SELECT body FROM ${this.#item} WHERE stream = ? ORDER BY number LIMIT ${LIMIT}`,
      seq,
      numbers,
    );
    return [[NO_BYTES], ...bodies].map(([body]) => [read + 1, isLast, body!]);
  }

  /** Says whether there was any. */
  forget(tasks: readonly string[]): boolean {
    const sql = `DELETE FROM ${this.#stream} WHERE id IN (SELECT value FROM json_each(?))`;
    return this.#db.run(sql, JSON.stringify(tasks)) > 0;
  }

  /** How many items make a page. */
  #fitting(seq: number, { maxItems, maxBytes }: Pick<StreamRead, "maxItems" | "maxBytes">): number {
    const sizes = this.#db.rows(
      `SELECT length(body) FROM ${this.#item} WHERE stream = ? ORDER BY number LIMIT ${LIMIT}`,
      seq,
      maxItems,
    );
    let bytes = 0;
    const end = sizes.findIndex(([size], i) => (bytes += size as number) > maxBytes && i > 0);
    return end === -1 ? sizes.length : end;
  }

  /** The stream that goes on with item `first`. */
  #begin(task: string, first: number, now: number): Known {
    const known = this.#find(task, now);
    if (known !== undefined && first <= known.written + 1) return known;
    // n.b. its time is over, or some of what came before is lost
    this.forget([task]);
    const before = first - 1;
    const seq = this.#db.insert(
      `INSERT INTO ${this.#stream} (id,written,read,ended,ttl,expires) VALUES (?,?,?,0,0,0)`,
      ...[task, before, before],
    );
    return { seq, written: before, read: before, ended: false, ttl: 0 };
  }

  #find(task: string, now: number): Known | undefined {
    const sql = `SELECT seq,written,read,ended,ttl FROM ${this.#stream} WHERE id = ? AND expires > ?`;
    const row = this.#db.rows(sql, task, now)[0];
    if (row === undefined) return undefined;
    const [seq, written, read, ended, ttl] = row as number[];
    return { seq: seq!, written: written!, read: read!, ended: ended === 1, ttl: ttl! };
  }
}
