import type { Database } from "./database.js";

/** Removes rows whose time is over: a few with each write, so that no write pays for all. */
export function removeExpired(db: Database, table: string, now: number, written: number): void {
  const expired = `SELECT seq FROM ${table} WHERE expires <= ? ORDER BY expires LIMIT ?`;
  db.run(`DELETE FROM ${table} WHERE seq IN (${expired})`, now, 2 * written + 8);
}
