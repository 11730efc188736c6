import { Pool } from "pg";

/** The business's own database: `DATABASE_URL`. */
export const pool = new Pool({ connectionString: process.env["DATABASE_URL"], allowExitOnIdle: true });
// n.b. an idle connection that is lost is replaced at its next use
pool.on("error", () => {});

/** Makes what is missing; in a real project this is a migration. Whoever starts at the same time waits. */
export async function createTables(): Promise<void> {
  await pool.query(`
    SELECT pg_advisory_xact_lock(7);
    CREATE TABLE IF NOT EXISTS orders (id text PRIMARY KEY, email text NOT NULL);
    CREATE TABLE IF NOT EXISTS receipts (order_id text PRIMARY KEY, runs int NOT NULL);
    CREATE TABLE IF NOT EXISTS outbox (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      position bigint GENERATED ALWAYS AS IDENTITY,
      task text NOT NULL,
      args jsonb NOT NULL,
      error text
    );
    CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (position) WHERE error IS NULL;
  `);
}
