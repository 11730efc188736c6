import type { Revocation } from "../../powers.js";
import { FARTHEST_MS } from "./columns.js";
import type { Database } from "./database.js";
import type { SqlRow } from "./driver.js";
import { Expiry } from "./expiry.js";
import type { Tables } from "./schema.js";

/** How many rows one read gives at most. */
const PAGE_ROWS = 1_000;

/** What one read found, and where the next one begins; none when there is no more. */
export interface RevocationPage {
  readonly revocations: readonly Revocation[];
  readonly next: number | undefined;
}

/** The revocations of one prefix. What changes something runs within `Database.write`. */
export class Revocations {
  readonly #db: Database;
  readonly #table: string;
  readonly #expiry: Expiry;

  constructor(db: Database, { revocation }: Tables) {
    this.#db = db;
    this.#table = revocation;
    this.#expiry = new Expiry(db, revocation);
  }

  add(batch: readonly Revocation[], now: number): void {
    // n.b. one that has ended, and was not removed yet, has no force left
    const sql = `INSERT INTO ${this.#table} (id,terminate,children,expires) VALUES (?1,?2,?3,?4) ON CONFLICT (id) DO UPDATE SET
      terminate = max(terminate * (expires > ?5), excluded.terminate),
      children = max(children * (expires > ?5), excluded.children), expires = max(expires, excluded.expires)`;
    for (const { id, terminate, children, ttlMs } of batch)
      this.#db.run(sql, id, Number(terminate), Number(children), Math.min(FARTHEST_MS, now + ttlMs), now);
    this.#expiry.remove(now, batch.length);
  }

  /** Those that hold, from those stored after `after` on. */
  page(after: number, now: number): RevocationPage {
    const rows = this.#db.rows(
      `SELECT seq,id,terminate,children,expires FROM ${this.#table} WHERE seq > ? AND expires > ? ORDER BY seq LIMIT ${PAGE_ROWS}`,
      after,
      now,
    );
    const next = rows.length < PAGE_ROWS ? undefined : (rows.at(-1)![0] as number);
    return { revocations: rows.map((row) => toRevocation(row, now)), next };
  }
}

const toRevocation = ([, id, terminate, children, expires]: SqlRow, now: number): Revocation => ({
  id: id as string,
  terminate: terminate === 1,
  children: children === 1,
  ttlMs: (expires as number) - now,
});
