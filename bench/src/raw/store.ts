import { loadDriver, type Database, type Statement } from "./driver.js";

const SCHEMA = `
  PRAGMA busy_timeout=5000;
  PRAGMA page_size=4096;
  PRAGMA journal_mode=WAL;
  PRAGMA synchronous=NORMAL;
  PRAGMA cache_size=-16000;
  PRAGMA temp_store=MEMORY;
  PRAGMA journal_size_limit=67108864;
  PRAGMA wal_autocheckpoint=4000;
  CREATE TABLE IF NOT EXISTS message (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, queue TEXT NOT NULL, owner INTEGER, body BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS result (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL);
`;

export interface RawMessage {
  readonly seq: number;
  readonly id: string;
  readonly body: Uint8Array;
}

/** The least that a queue with stored results in SQLite can do: no leases, no priorities, no delays, nothing counted. */
export class RawStore {
  readonly #db: Database;
  readonly #statements: Readonly<Record<"insert" | "claim" | "put" | "remove" | "read", Statement>>;
  #seen = 0;

  constructor(db: Database) {
    this.#db = db;
    db.exec(SCHEMA);
    this.#statements = {
      insert: db.prepare("INSERT INTO message (id, queue, body) VALUES (?, ?, ?)"),
      claim: db.prepare(
        "UPDATE message SET owner = 1 WHERE seq IN (SELECT seq FROM message WHERE owner IS NULL ORDER BY seq LIMIT ?) RETURNING seq, id, body",
      ),
      put: db.prepare("INSERT INTO result (id, body) VALUES (?, ?)"),
      remove: db.prepare("DELETE FROM message WHERE seq = ?"),
      read: db.prepare("SELECT seq, id, body FROM result WHERE seq > ? ORDER BY seq"),
    };
  }

  static async open(path: string): Promise<RawStore> {
    const { Database } = await loadDriver();
    return new RawStore(new Database(path));
  }

  insert(messages: readonly { readonly id: string; readonly body: Uint8Array }[]): void {
    this.#write(() => {
      for (const { id, body } of messages) this.#statements.insert.run(id, "default", body);
    });
  }

  claim(limit: number): RawMessage[] {
    return this.#write(() => this.#statements.claim.all(limit)) as RawMessage[];
  }

  /** Stores results and removes the messages that they are of. */
  finish(messages: readonly RawMessage[], results: readonly Uint8Array[]): void {
    this.#write(() => {
      for (const [i, { seq, id }] of messages.entries()) {
        this.#statements.put.run(id, results[i]);
        this.#statements.remove.run(seq);
      }
    });
  }

  /** The results that were stored since this was last asked. */
  read(): RawMessage[] {
    const rows = this.#statements.read.all(this.#seen) as RawMessage[];
    this.#seen = rows.at(-1)?.seq ?? this.#seen;
    return rows;
  }

  close(): void {
    this.#db.close();
  }

  #write<T>(work: () => T): T {
    this.#db.exec("BEGIN IMMEDIATE");
    const value = work();
    this.#db.exec("COMMIT");
    return value;
  }
}
