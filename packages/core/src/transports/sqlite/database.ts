import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { loadDriver, type SqliteDatabase, type SqliteStatement, type SqlValue } from "./driver.js";
import { isBusy } from "./failure.js";
import type { Location } from "./location.js";

const BUSY_TIMEOUT_MS = 5_000;
const PAGE_BYTES = 4_096;

/** Thrown when a transaction failed. `certain`: it was rolled back and changed nothing. */
export class TransactionError extends Error {
  readonly certain: boolean;

  constructor(cause: unknown, certain: boolean) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.certain = certain;
  }
}

/** A connection with its prepared statements. */
export class Database {
  /** n.b. a statement does not keep its connection from being collected; this reference does. */
  readonly #sqlite: SqliteDatabase;
  readonly #statements = new Map<string, SqliteStatement>();
  readonly #begin: SqliteStatement;
  readonly #commit: SqliteStatement;
  #transactions = 0;
  #inTransaction = false;

  constructor(sqlite: SqliteDatabase) {
    this.#sqlite = sqlite;
    // n.b. a deferred transaction that turns to writing fails with SQLITE_BUSY whatever the time-out
    this.#begin = sqlite.prepare("BEGIN IMMEDIATE");
    this.#commit = sqlite.prepare("COMMIT");
  }

  /** Opens the file; makes it and its directory when they are missing. */
  static async open(location: Location): Promise<Database> {
    const Sqlite = await loadDriver();
    createFile(location.path);
    const sqlite = new Sqlite(location.path);
    try {
      configure(sqlite, location);
      return new Database(sqlite);
    } catch (error) {
      sqlite.close();
      throw error;
    }
  }

  /** How many transactions wrote. */
  get transactions(): number {
    return this.#transactions;
  }

  run(sql: string, ...parameters: SqlValue[]): number {
    return Number(this.#prepare(sql).run(...parameters).changes);
  }

  /** Runs an `INSERT` of one row; returns its row id. */
  insert(sql: string, ...parameters: SqlValue[]): number {
    return Number(this.#prepare(sql).run(...parameters).lastInsertRowid);
  }

  /** The rows belong to the caller. */
  rows(sql: string, ...parameters: SqlValue[]): SqlValue[][] {
    return toRows(this.#prepare(sql).all(...parameters));
  }

  /** The first column of the first row; `null` when there is none. */
  value(sql: string, ...parameters: SqlValue[]): SqlValue {
    return this.rows(sql, ...parameters)[0]?.[0] ?? null;
  }

  /**
   * Runs `work` in a transaction that holds the write lock from its beginning.
   * @throws TransactionError
   */
  write<T>(work: () => T): T {
    let certain = true;
    try {
      this.#begin.run();
      this.#inTransaction = true;
      const result = work();
      certain = false;
      this.#commit.run();
      this.#inTransaction = false;
      this.#transactions++;
      return result;
    } catch (error) {
      this.#rollBack();
      throw new TransactionError(error, certain);
    }
  }

  close(): void {
    this.#statements.clear();
    this.#sqlite.close();
  }

  #rollBack(): void {
    if (!this.#inTransaction) return;
    this.#inTransaction = false;
    try {
      this.#sqlite.exec("ROLLBACK");
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full
    }
  }

  #prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#sqlite.prepare(sql);
    statement.setReturnArrays?.(true);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** Older drivers give objects, with the columns in order. */
const toRows = (rows: unknown[]): SqlValue[][] =>
  rows.length === 0 || Array.isArray(rows[0])
    ? (rows as SqlValue[][])
    : rows.map((row) => Object.values(row as Record<string, SqlValue>));

/** SQLite gives its other files the mode of the database file. */
function createFile(path: string): void {
  const directory = dirname(path);
  const created = mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (created !== undefined && basename(directory) === ".taskgen") writeFileSync(join(directory, ".gitignore"), "*\n");
  closeSync(openSync(path, "a", 0o600));
}

function configure(sqlite: SqliteDatabase, { durability, maxBytes }: Location): void {
  sqlite.exec(`PRAGMA busy_timeout=${BUSY_TIMEOUT_MS}`);
  sqlite.exec(`PRAGMA page_size=${PAGE_BYTES}`);
  enterWal(sqlite);
  sqlite.exec(`PRAGMA synchronous=${durability === "power-loss" ? "FULL" : "NORMAL"}`);
  sqlite.exec(
    "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864; PRAGMA wal_autocheckpoint=4000",
  );
  if (maxBytes !== undefined) sqlite.exec(`PRAGMA max_page_count=${Math.max(1, Math.floor(maxBytes / PAGE_BYTES))}`);
}

/** n.b. SQLite does not wait for the busy time-out here when two connections change the journal mode at once. */
function enterWal(sqlite: SqliteDatabase): void {
  const end = Date.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      return sqlite.exec("PRAGMA journal_mode=WAL");
    } catch (error) {
      if (!isBusy(error) || Date.now() > end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
