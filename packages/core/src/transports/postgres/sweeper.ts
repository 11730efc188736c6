import { limit, type Connection } from "./connection.js";
import type { Schema } from "./schema.js";

const EVERY_MS = 60_000;
/** A round takes no longer: what is left waits for the next one. */
const ROUND_MS = 20_000;
const PAGE = 2_000;

/** Removes what nobody sees any more, page by page. Who writes sweeps; one at a time does. */
export class Sweeper {
  readonly #connection: Connection;
  readonly #pages: readonly string[];
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;
  #isClosed = false;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#pages = pagesOf(connection.schema);
  }

  /** Sweeps from now on. */
  begin(): void {
    if (this.#isClosed || this.#timer !== undefined) return;
    const spread = 1 + Math.random() / 2;
    this.#timer = setInterval(() => void this.#round(), EVERY_MS * spread).unref();
  }

  /** Removes all that is over; returns how many rows of the tables that expire. */
  async sweep(until = Infinity): Promise<number> {
    let removed = 0;
    for (const page of this.#pages) {
      for (let count = PAGE; count >= PAGE && performance.now() < until; removed += count) {
        const [row] = await this.#connection.perform((session) => session.query({ text: page }), limit());
        count = Number(row!["removed"]);
      }
    }
    return removed;
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }

  async #round(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    await this.sweep(performance.now() + ROUND_MS).catch(() => {}); // the next round tries again
    this.#isBusy = false;
  }
}

function pagesOf(schema: Schema): string[] {
  const tables = { results: "id", event_heads: "id", events: "id, seq", revocations: "id", registers: "key" };
  const gone = (table: string, key: string, returning: string): string =>
    `WITH mine AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(${schema.lock}, 257) AS ok),
     gone AS (DELETE FROM ${schema.of(table)} WHERE (${key}) IN (
       SELECT ${key} FROM ${schema.of(table)} WHERE expires_at <= now() AND (SELECT ok FROM mine) LIMIT ${PAGE} FOR UPDATE SKIP LOCKED
     ) RETURNING ${returning})`;
  const count = "SELECT count(*) AS removed FROM gone";
  const items = `, items AS (DELETE FROM ${schema.of("stream_items")} i USING gone WHERE i.id = gone.id)`;
  return [
    ...Object.entries(tables).map(([table, key]) => `${gone(table, key, "1")} ${count}`),
    `${gone("streams", "id", "id")}${items} ${count}`,
  ];
}
