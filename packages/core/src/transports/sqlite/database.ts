import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { SqliteDatabase, OpenSqlite, SqliteStatement, SqlValue } from "./driver.js";
import { isBusy, isUncommitted } from "./failure.js";
import type { Gate } from "./gate.js";
import type { Location } from "./location.js";

/** How long a lock is waited for: in SQLite a moment, which nothing can cut short, then here. */
const BUSY_TIMEOUT_MS = 5_000;
const NATIVE_BUSY_TIMEOUT_MS = 50;
const BUSY_PAUSE_MS = 5;
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
  readonly #gate: Gate;
  readonly #statements = new Map<string, SqliteStatement>();
  readonly #begin: SqliteStatement;
  readonly #commit: SqliteStatement;
  #transactions = 0;
  #inTransaction = false;

  constructor(sqlite: SqliteDatabase, gate: Gate) {
    this.#sqlite = sqlite;
    this.#gate = gate;
    // n.b. a deferred transaction that turns to writing fails with SQLITE_BUSY whatever the time-out
    this.#begin = sqlite.prepare("BEGIN IMMEDIATE");
    this.#commit = sqlite.prepare("COMMIT");
  }

  /** Opens the file; makes it and its directory when they are missing. */
  static open(Sqlite: OpenSqlite, location: Location, gate: Gate): Database {
    createFile(location.path);
    const sqlite = new Sqlite(location.path);
    try {
      untilFree(gate, () => configure(sqlite, location));
      return new Database(sqlite, gate);
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
      untilFree(this.#gate, () => this.#begin.run());
      this.#inTransaction = true;
      const result = work();
      certain = false;
      this.#commit.run();
      this.#inTransaction = false;
      this.#transactions++;
      return result;
    } catch (error) {
      this.#rollBack();
      throw new TransactionError(error, certain || isUncommitted(error));
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
  sqlite.exec(`PRAGMA busy_timeout=${NATIVE_BUSY_TIMEOUT_MS}`);
  sqlite.exec(`PRAGMA page_size=${PAGE_BYTES}`);
  sqlite.exec("PRAGMA journal_mode=WAL");
  sqlite.exec(`PRAGMA synchronous=${durability === "power-loss" ? "FULL" : "NORMAL"}`);
  sqlite.exec(
    "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864; PRAGMA wal_autocheckpoint=4000",
  );
  if (maxBytes !== undefined) sqlite.exec(`PRAGMA max_page_count=${Math.max(1, Math.floor(maxBytes / PAGE_BYTES))}`);
}

/** Tries again as long as another connection has the lock, for a time and without haste. */
function untilFree(gate: Gate, work: () => void): void {
  const end = performance.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || gate.isHurried || performance.now() > end) throw error;
      gate.pause(BUSY_PAUSE_MS);
    }
  }
}
