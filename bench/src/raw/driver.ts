import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

export interface Statement {
  run(...parameters: unknown[]): { readonly changes: number | bigint };
  all(...parameters: unknown[]): unknown[];
}

export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

type OpenDatabase = new (path: string) => Database;

/** The driver that `@taskgen/core` uses on this Node.js, where core finds it, and what it is called. */
export async function loadDriver(): Promise<{ readonly name: string; readonly Database: OpenDatabase }> {
  const builtIn = process.getBuiltinModule("node:sqlite") as { readonly DatabaseSync: OpenDatabase } | undefined;
  if (builtIn !== undefined) return { name: "node:sqlite", Database: builtIn.DatabaseSync };
  const path = createRequire(import.meta.resolve("@taskgen/core")).resolve("@photostructure/sqlite");
  const { DatabaseSync } = (await import(pathToFileURL(path).href)) as { readonly DatabaseSync: OpenDatabase };
  return { name: "@photostructure/sqlite", Database: DatabaseSync };
}
