import type { Revocation } from "../../powers.js";
import { limit, type Connection } from "./connection.js";
import type { SqlRow, Statement } from "./driver.js";
import { inChunks } from "./gather.js";
import { fromSql, lifetime, toSql } from "./text.js";

const PAGE = 5_000;

/** The revocations of one prefix. */
export class Revocations {
  readonly #connection: Connection;
  readonly #mark: Statement;
  readonly #page: Statement;

  constructor(connection: Connection) {
    this.#connection = connection;
    const table = connection.schema.of("revocations");
    this.#mark = { name: "mark", text: markText(table) };
    this.#page = {
      name: "marks",
      text: `SELECT id, terminate, children, extract(epoch FROM expires_at - now())::float8 * 1000 AS ttl_ms FROM ${table}
        WHERE ($1::text IS NULL OR id > $1) AND expires_at > now() ORDER BY id LIMIT ${PAGE}`,
    };
  }

  async add(batch: readonly Revocation[]): Promise<void> {
    this.#connection.assertOpen();
    for (const chunk of inChunks(batch)) {
      await this.#connection.perform(
        (session) =>
          session.query(this.#mark, [
            chunk.map(({ id }) => toSql(id)),
            chunk.map(({ terminate }) => Number(terminate)),
            chunk.map(({ children }) => Number(children)),
            chunk.map(({ ttlMs }) => lifetime(ttlMs)),
          ]),
        limit(),
      );
    }
  }

  async all(): Promise<readonly Revocation[]> {
    this.#connection.assertOpen();
    const found: Revocation[] = [];
    for (let last: string | null = null; ;) {
      const after = [last];
      const rows = await this.#connection.perform((session) => session.query(this.#page, after), limit());
      for (const row of rows) found.push(toRevocation(row));
      if (rows.length < PAGE) return found;
      last = rows.at(-1)!["id"] as string;
    }
  }
}

const toRevocation = ({ id, terminate, children, ttl_ms: ttlMs }: SqlRow): Revocation => ({
  id: fromSql(id as string),
  ttlMs: ttlMs as number,
  terminate: terminate as boolean,
  children: children as boolean,
});

/** What is kept is added to, unless its time is over. */
const markText = (table: string): string => `
INSERT INTO ${table} AS r (id, terminate, children, expires_at)
SELECT id, bool_or(terminate = 1), bool_or(children = 1), now() + max(ttl) * interval '1 millisecond'
FROM unnest($1::text[], $2::int[], $3::int[], $4::bigint[]) AS g(id, terminate, children, ttl) GROUP BY id ORDER BY id
ON CONFLICT (id) DO UPDATE SET
  terminate = excluded.terminate OR (r.terminate AND r.expires_at > now()),
  children = excluded.children OR (r.children AND r.expires_at > now()),
  expires_at = greatest(r.expires_at, excluded.expires_at)`;
