import { onTestFinished } from "vitest";

interface RawDatabase {
  exec(sql: string): void;
  prepare(sql: string): { get(): unknown };
  close(): void;
}

type OpenRaw = new (path: string) => RawDatabase;

/** A connection of its own to a database file, closed after the test. */
export async function openRaw(path: string): Promise<RawDatabase> {
  const builtIn = process.getBuiltinModule("node:sqlite") as { readonly DatabaseSync: OpenRaw } | undefined;
  const Raw = builtIn?.DatabaseSync ?? (await import("@photostructure/sqlite")).DatabaseSync;
  const database = new Raw(path);
  onTestFinished(() => database.close());
  return database;
}
