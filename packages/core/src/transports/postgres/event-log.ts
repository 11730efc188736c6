import type { ResultEvent, SequencedEvent } from "../../result-backend.js";
import type { Bells } from "./bells.js";
import { limit, type Connection } from "./connection.js";
import type { SqlRow, Statement } from "./driver.js";
import { Gather, inChunks } from "./gather.js";
import { newsOf, type News } from "./news.js";
import type { Schema } from "./schema.js";
import { fromSql, lifetime, packBodies, toSql } from "./text.js";

/** How many events of an id are kept; their numbers go on. */
const KEPT = 100;

/** What happened to each task before its end. */
export class EventLog {
  readonly #connection: Connection;
  readonly #news: News;
  readonly #bells: Bells;
  readonly #writer: string;
  readonly #appends: Gather<ResultEvent, undefined>;
  readonly #statements: ReturnType<typeof statementsOf>;
  #written = 0;

  /** `writer` is unique. */
  constructor(connection: Connection, told: { readonly news: News; readonly bells: Bells }, writer: string) {
    this.#connection = connection;
    this.#news = told.news;
    this.#bells = told.bells;
    this.#writer = writer;
    this.#statements = statementsOf(connection.schema);
    this.#appends = new Gather({
      run: (chunk) => this.#appendChunk(chunk),
      bytesOf: ({ body }) => body.length,
      isOrdered: true,
    });
  }

  async append(batch: readonly ResultEvent[]): Promise<void> {
    this.#connection.assertOpen();
    await this.#appends.add(batch);
  }

  async latest(ids: readonly string[]): Promise<readonly (SequencedEvent | undefined)[]> {
    this.#connection.assertOpen();
    const read = (chunk: readonly string[]): Promise<readonly SqlRow[]> =>
      this.#connection.perform((session) => session.query(this.#statements.latest, [chunk.map(toSql)]), limit());
    const rows = (await Promise.all(inChunks(ids).map(read))).flat();
    const known = new Map(rows.map(toEvent).map((event) => [event.id, event]));
    return ids.map((id) => known.get(id));
  }

  async *watch(id: string, after: number, signal: AbortSignal): AsyncGenerator<SequencedEvent, void, undefined> {
    let seen = after;
    const read = async (): Promise<readonly SqlRow[] | undefined> => {
      await this.#news.attend(signal);
      const rows = await this.#connection.perform(
        (session) => session.query(this.#statements.after, [toSql(id), seen]),
        signal,
      );
      return rows.length === 0 ? undefined : rows;
    };
    for await (const rows of this.#bells.follow(id, signal, read)) {
      for (const event of rows.map(toEvent)) {
        if (signal.aborted) return;
        seen = event.seq;
        yield event;
      }
    }
  }

  async #appendChunk(batch: readonly ResultEvent[]): Promise<undefined[]> {
    const ids = batch.map(({ id }) => id);
    const { bytes, starts, sizes } = packBodies(batch.map(({ body }) => body));
    const nonces = batch.map(() => `${this.#writer}:${++this.#written}`);
    const states = batch.map(({ state }) => toSql(state));
    const ttls = batch.map(({ ttlMs }) => lifetime(ttlMs));
    const news = newsOf("e", [...new Set(ids)]);
    const { channel } = this.#connection.schema;
    await this.#connection.perform(
      (session, repeated) =>
        session.query(this.#statements.append, [
          ...[ids.map(toSql), states, bytes, starts, sizes, nonces, ttls],
          ...[KEPT, repeated, channel, news],
        ]),
      limit(),
    );
    return batch.map(() => undefined);
  }
}

function statementsOf(schema: Schema): Record<"append" | "latest" | "after", Statement> {
  const [events, heads] = [schema.of("events"), schema.of("event_heads")];
  return {
    append: { name: "append", text: `SELECT ${schema.of("append")}($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)` },
    latest: {
      name: "latest",
      text: `SELECT e.id, e.seq, e.state, e.ttl_ms, e.body FROM ${heads} h JOIN ${events} e ON e.id = h.id AND e.seq = h.seq
        WHERE h.id = ANY ($1::text[]) AND e.expires_at > now()`,
    },
    after: {
      name: "after",
      text: `SELECT id, seq, state, ttl_ms, body FROM ${events}
        WHERE id = $1 AND seq > $2 AND expires_at > now() ORDER BY seq`,
    },
  };
}

function toEvent(row: SqlRow): SequencedEvent {
  const { id, seq, state, ttl_ms: ttlMs, body } = row as Readonly<Record<string, string>>;
  return {
    id: fromSql(id!),
    seq: Number(seq),
    state: fromSql(state!),
    body: body as unknown as Uint8Array,
    ttlMs: Number(ttlMs),
  };
}
