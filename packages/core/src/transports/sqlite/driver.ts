import { ConfigError } from "../../errors.js";

/** What SQLite stores. */
export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = readonly SqlValue[];

/** The parameter of a body. n.b. `node:sqlite` binds an empty `Uint8Array` as null. */
export const BODY = "ifnull(?, x'')";

/** The parameter of a `LIMIT`. n.b. with a bare one some builds of SQLite prepare the statement again each time it is bound. */
export const LIMIT = "(? + 0)";

/** The few methods of `node:sqlite` that are called, which `@photostructure/sqlite` has too. */
export interface SqliteStatement {
  run(...parameters: SqlValue[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
  all(...parameters: SqlValue[]): unknown[];
  /** Newer than the rest of the interface. */
  setReturnArrays?(arrays: boolean): void;
}

export interface SqliteDatabase {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

export type OpenSqlite = new (path: string) => SqliteDatabase;

/**
 * SQLite as this Node.js has it: built in, from 22.13, or else from `@photostructure/sqlite`.
 * @throws ConfigError `BROKER_DRIVER_MISSING`
 */
export async function loadDriver(): Promise<OpenSqlite> {
  const builtIn = builtInDriver();
  if (builtIn !== undefined) return builtIn.DatabaseSync;
  try {
    const { DatabaseSync } = await import("@photostructure/sqlite");
    return DatabaseSync;
  } catch (cause) {
    throw new ConfigError(
      "BROKER_DRIVER_MISSING",
      "this Node.js has no SQLite of its own: install the driver, npm install @photostructure/sqlite@1, or use Node.js 22.13 or newer",
      { cause },
    );
  }
}

/** Some versions of Node.js warn that their SQLite is experimental. Runs in a thread of ours, so nobody else's warning is lost. */
function builtInDriver(): { readonly DatabaseSync: OpenSqlite } | undefined {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule("node:sqlite") as { readonly DatabaseSync: OpenSqlite } | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}
