import type { Database } from "./database.js";
import { BODY, type SqlRow } from "./driver.js";
import { Expiry } from "./expiry.js";
import type { Tables } from "./schema.js";

/** How long a broadcast is kept for those that listen when it is sent. */
const TTL_MS = 30_000;

/** Broadcasts of one prefix. What changes something runs within `Database.write`. */
export class Topics {
  readonly #db: Database;
  readonly #topic: string;
  readonly #expiry: Expiry;

  constructor(db: Database, tables: Tables) {
    this.#db = db;
    this.#topic = tables.topic;
    this.#expiry = new Expiry(db, this.#topic);
  }

  publish(topic: string, body: Uint8Array, now: number): void {
    this.#db.run(`INSERT INTO ${this.#topic} (topic,expires,body) VALUES (?,?,${BODY})`, topic, now + TTL_MS, body);
    this.#expiry.remove(now, 1);
  }

  /** Sequence number, topic and body of each broadcast after `seq`. */
  newer(seq: number): SqlRow[] {
    return this.#db.rows(`SELECT seq,topic,body FROM ${this.#topic} WHERE seq > ? ORDER BY seq`, seq);
  }

  newest(): number {
    return (this.#db.value(`SELECT max(seq) FROM ${this.#topic}`) as number | null) ?? 0;
  }
}
