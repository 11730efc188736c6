import type { PutOutcome, ResultRecord } from "../../result-backend.js";
import type { TerminalState } from "../../state.js";
import { limit, type Connection } from "./connection.js";
import type { SqlRow, Statement } from "./driver.js";
import { Gather, inChunks } from "./gather.js";
import { newsOf } from "./news.js";
import type { Schema } from "./schema.js";
import type { Session } from "./session.js";
import { fromSql, lifetime, packBodies, toSql } from "./text.js";

/** Terminal records by their ids. */
export class Records {
  readonly #connection: Connection;
  readonly #puts: Gather<ResultRecord, PutOutcome>;
  readonly #put: Statement;
  readonly #find: Statement;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#put = { name: "put", text: putText(connection.schema) };
    this.#find = { name: "find", text: findText(connection.schema) };
    this.#puts = new Gather({ run: (chunk) => this.#putChunk(chunk), bytesOf: ({ body }) => body.length });
  }

  async put(batch: readonly ResultRecord[]): Promise<readonly PutOutcome[]> {
    this.#connection.assertOpen();
    return this.#puts.add(batch);
  }

  /** The records that there are, in any order. */
  async find(ids: readonly string[], ends?: AbortSignal): Promise<readonly ResultRecord[]> {
    this.#connection.assertOpen();
    const read = async (chunk: readonly string[]): Promise<ResultRecord[]> =>
      (await this.#connection.perform((session) => session.query(this.#find, [chunk.map(toSql)]), ends)).map(toRecord);
    return (await Promise.all(inChunks([...new Set(ids)]).map(read))).flat();
  }

  async #putChunk(batch: readonly ResultRecord[]): Promise<PutOutcome[]> {
    // n.b. in one order everywhere, so that no two transactions wait for each other
    const first = new Map<string, ResultRecord>();
    for (const record of batch) if (!first.has(record.id)) first.set(record.id, record);
    const records = [...first.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const stored = await this.#connection.perform(
      (session, repeated) => this.#store(session, records, repeated),
      limit(),
    );
    return batch.map((record) => (first.get(record.id) === record && stored.has(record.id) ? "stored" : "exists"));
  }

  /** The ids of those that were stored. Whoever repeats it finds what he may have stored the first time. */
  async #store(session: Session, records: readonly ResultRecord[], repeated: boolean): Promise<Set<string>> {
    const ids = records.map(({ id }) => id);
    const { bytes, starts, sizes } = packBodies(records.map(({ body }) => body));
    const [row] = await session.query(this.#put, [
      ids.map(toSql),
      records.map(({ state }) => state),
      records.map(({ task }) => (task === undefined ? null : toSql(task))),
      records.map(({ replyTo }) => (replyTo === undefined ? null : toSql(replyTo))),
      records.map(({ ttlMs }) => lifetime(ttlMs)),
      bytes,
      starts,
      sizes,
      this.#connection.schema.channel,
      newsOf("r", ids),
    ]);
    const stored = new Set(((row!["stored"] as string[] | null) ?? []).map(fromSql));
    if (!repeated || stored.size === records.length) return stored;
    const mine = new Map(records.map((record) => [record.id, record]));
    const found = await session.query(this.#find, [ids.filter((id) => !stored.has(id)).map(toSql)]);
    for (const record of found.map(toRecord)) if (isSame(record, mine.get(record.id)!)) stored.add(record.id);
    return stored;
  }
}

const isSame = (a: ResultRecord, b: ResultRecord): boolean =>
  a.state === b.state && Buffer.compare(a.body, b.body) === 0;

function toRecord(row: SqlRow): ResultRecord {
  const { id, state, task, reply_to: replyTo, ttl_ms: ttlMs, body } = row as Readonly<Record<string, string>>;
  return {
    id: fromSql(id!),
    state: state as TerminalState,
    body: body as unknown as Uint8Array,
    ttlMs: Number(ttlMs),
    ...(task !== null && { task: fromSql(task!) }),
    ...(replyTo !== null && { replyTo: fromSql(replyTo!) }),
  };
}

/** A record whose time is over counts as none. */
const putText = (schema: Schema): string => `
WITH given AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $7::int[], $8::int[])
    AS g(id, state, task, reply_to, ttl, start, size)
), stored AS (
  INSERT INTO ${schema.of("results")} AS r (id, state, task, reply_to, ttl_ms, finished_at, expires_at, body)
  SELECT id, state, task, reply_to, ttl, now(), now() + ttl * interval '1 millisecond', substring($6::bytea FROM start FOR size)
  FROM given
  ON CONFLICT (id) DO UPDATE SET state = excluded.state, task = excluded.task, reply_to = excluded.reply_to,
    ttl_ms = excluded.ttl_ms, finished_at = excluded.finished_at, expires_at = excluded.expires_at, body = excluded.body
    WHERE r.expires_at <= now()
  RETURNING id
), told AS MATERIALIZED (
  SELECT pg_notify($9::text, news) FROM unnest($10::text[]) news WHERE EXISTS (SELECT FROM stored)
)
SELECT (SELECT array_agg(id) FROM stored)::text[] AS stored, (SELECT count(*) FROM told) AS told`;

const findText = (schema: Schema): string => `
SELECT id, state, task, reply_to, ttl_ms, body FROM ${schema.of("results")}
WHERE id = ANY ($1::text[]) AND expires_at > now()`;
