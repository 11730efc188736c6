import type { StreamChunk, StreamPage, StreamPosition, StreamPull } from "../../streaming.js";
import type { Bells } from "./bells.js";
import { limit, type Connection } from "./connection.js";
import type { SqlRow, Statement } from "./driver.js";
import { newsOf, type News } from "./news.js";
import { lifetime, packBodies, toSql } from "./text.js";

/** Who is rung for when items were stored, and when they were read. */
export interface StreamBells {
  readonly news: News;
  readonly pushed: Bells;
  readonly read: Bells;
}

/** What tasks yield, on its way to one reader each. */
export class Streams {
  readonly #connection: Connection;
  readonly #bells: StreamBells;
  readonly #push: Statement;
  readonly #pull: Statement;
  readonly #position: Statement;

  constructor(connection: Connection, bells: StreamBells) {
    this.#connection = connection;
    this.#bells = bells;
    const { schema } = connection;
    this.#push = { name: "push", text: `SELECT * FROM ${schema.of("push")}($1, $2, $3, $4, $5, $6, $7, $8, $9)` };
    this.#pull = { name: "pull", text: `SELECT * FROM ${schema.of("pull")}($1, $2, $3, $4, $5, $6)` };
    this.#position = {
      name: "position",
      text: `SELECT written, read FROM ${schema.of("streams")} WHERE id = $1 AND expires_at > now()`,
    };
  }

  async push({ id, first, items, ends, ttlMs }: StreamChunk): Promise<StreamPosition> {
    const { bytes, starts, sizes } = packBodies(items);
    const news = newsOf("s", [id])[0]!;
    const [row] = await this.#connection.perform(
      (session) =>
        session.query(this.#push, [
          ...[toSql(id), first, bytes, starts, sizes, ends, lifetime(ttlMs)],
          ...[this.#connection.schema.channel, news],
        ]),
      limit(),
    );
    return { written: Number(row!["o_written"]), read: Number(row!["o_read"]) };
  }

  async drained(id: string, read: number, signal: AbortSignal): Promise<StreamPosition> {
    this.#connection.assertOpen();
    return this.#bells.read.first(id, signal, async () => {
      await this.#bells.news.attend(signal);
      const [row] = await this.#connection.perform((session) => session.query(this.#position, [toSql(id)]), signal);
      if (row === undefined) return { written: 0, read: 0 };
      if (Number(row["read"]) <= read) return undefined;
      return { written: Number(row["written"]), read: Number(row["read"]) };
    });
  }

  async pull(request: StreamPull, signal: AbortSignal): Promise<StreamPage> {
    this.#connection.assertOpen();
    const { id, after, maxItems, maxBytes } = request;
    const news = newsOf("d", [id])[0]!;
    const values = [toSql(id), after, maxItems, maxBytes, this.#connection.schema.channel, news];
    return this.#bells.pushed.first(id, signal, async () => {
      await this.#bells.news.attend(signal);
      return toPage(await this.#connection.perform((session) => session.query(this.#pull, values), signal));
    });
  }
}

/** Nothing where there are no items, and the end was not reached. */
function toPage(rows: readonly SqlRow[]): StreamPage | undefined {
  const head = rows[0];
  if (head === undefined) return undefined;
  const items = rows.flatMap(({ body }) => (body === null ? [] : [body as Uint8Array]));
  const read = Number(head["read"]);
  const ended = head["ended"] === true && read + items.length >= Number(head["written"]);
  return items.length > 0 || ended ? { first: read + 1, items, ended } : undefined;
}
