import { ResultError } from "../../errors.js";
import type { Collecting, Revocation, Revoking } from "../../powers.js";
import type { Registers, Swap } from "../../registers.js";
import type {
  PutOutcome,
  ResultBackend,
  ResultBackendCaps,
  ResultEvent,
  ResultRecord,
  SequencedEvent,
} from "../../result-backend.js";
import type { StreamChunk, Streaming, StreamPage, StreamPosition, StreamPull } from "../../streaming.js";
import type { Deadline, OpenOptions, TransportEvents } from "../../transport.js";
import { Bells } from "./bells.js";
import { Connection, limit } from "./connection.js";
import { EventLog } from "./event-log.js";
import { forgetText } from "./forget.js";
import { inChunks } from "./gather.js";
import { News, newsOf } from "./news.js";
import { Records } from "./records.js";
import { ResultWaits } from "./result-waits.js";
import { Revocations } from "./revocations.js";
import { Streams } from "./streams.js";
import { Swaps } from "./swaps.js";
import { Sweeper } from "./sweeper.js";
import { toSql } from "./text.js";

/** Terminal records and what was before them in a Postgres, in tables that a team can query. */
export class PostgresResults implements ResultBackend, Collecting, Revoking, Registers, Streaming {
  readonly caps: ResultBackendCaps = { foreignReads: true, durable: true };
  readonly location: string;
  readonly #connection: Connection;
  readonly #news: News;
  readonly #records: Records;
  readonly #waits: ResultWaits;
  readonly #bells = { events: new Bells(), pushed: new Bells(), read: new Bells() };
  readonly #events: EventLog;
  readonly #streams: Streams;
  readonly #revocations: Revocations;
  readonly #swaps: Swaps;
  readonly #sweeper: Sweeper;
  #on: TransportEvents | undefined;

  constructor(options: OpenOptions) {
    this.#connection = new Connection(options);
    this.location = this.#connection.place.location;
    this.#news = new News(this.#connection, (error) => this.#on?.error(error));
    this.#records = new Records(this.#connection);
    this.#waits = new ResultWaits(this.#news, this.#records);
    const { events, pushed, read } = this.#bells;
    this.#events = new EventLog(this.#connection, { news: this.#news, bells: events }, options.ambient.createId());
    this.#streams = new Streams(this.#connection, { news: this.#news, pushed, read });
    this.#revocations = new Revocations(this.#connection);
    this.#swaps = new Swaps(this.#connection);
    this.#sweeper = new Sweeper(this.#connection);
    for (const [kind, reader] of [
      ["r", this.#waits],
      ["e", events],
      ["s", pushed],
      ["d", read],
    ] as const) {
      this.#news.on(kind, reader);
    }
  }

  /** How many statements were run. */
  get statements(): number {
    return this.#connection.statements;
  }

  /** Waits for the server for as long as it takes. @throws ConfigError or TransportError when the server refuses. */
  async start(on: TransportEvents): Promise<void> {
    this.#on = on;
    await this.#connection.start(on);
  }

  async put(batch: readonly ResultRecord[]): Promise<readonly PutOutcome[]> {
    this.#sweeper.begin();
    return this.#records.put(batch);
  }

  async get(ids: readonly string[]): Promise<readonly (ResultRecord | undefined)[]> {
    const known = new Map((await this.#records.find(ids, limit())).map((record) => [record.id, record]));
    return ids.map((id) => known.get(id));
  }

  async wait(id: string, signal?: AbortSignal): Promise<ResultRecord> {
    this.#connection.assertOpen();
    return this.#waits.wait(id, signal);
  }

  async collect(ids: readonly string[], told: (record: ResultRecord) => void, signal?: AbortSignal): Promise<void> {
    this.#connection.assertOpen();
    await this.#waits.collect(ids, told, signal);
  }

  async forget(ids: readonly string[]): Promise<void> {
    this.#connection.assertOpen();
    const { schema } = this.#connection;
    const statement = { name: "forget", text: forgetText(schema) };
    for (const chunk of inChunks(ids)) {
      const values = [chunk.map(toSql), schema.channel, newsOf("d", chunk)];
      await this.#connection.perform((session) => session.query(statement, values), limit());
    }
  }

  async append(batch: readonly ResultEvent[]): Promise<void> {
    this.#sweeper.begin();
    await this.#events.append(batch);
  }

  async latest(ids: readonly string[]): Promise<readonly (SequencedEvent | undefined)[]> {
    return this.#events.latest(ids);
  }

  watch(id: string, after: number, signal: AbortSignal): AsyncIterable<SequencedEvent> {
    this.#connection.assertOpen();
    return this.#events.watch(id, after, signal);
  }

  async mark(batch: readonly Revocation[]): Promise<void> {
    this.#sweeper.begin();
    await this.#revocations.add(batch);
  }

  async marks(): Promise<readonly Revocation[]> {
    return this.#revocations.all();
  }

  async swap(batch: readonly Swap[]): Promise<readonly (string | undefined)[]> {
    this.#sweeper.begin();
    return this.#swaps.swap(batch);
  }

  async push(chunk: StreamChunk): Promise<StreamPosition> {
    this.#sweeper.begin();
    return this.#streams.push(chunk);
  }

  async drained(id: string, read: number, signal: AbortSignal): Promise<StreamPosition> {
    return this.#streams.drained(id, read, signal);
  }

  async pull(request: StreamPull, signal: AbortSignal): Promise<StreamPage> {
    return this.#streams.pull(request, signal);
  }

  /** Removes now what nobody sees any more; otherwise that happens about once a minute. Returns how many rows. */
  async sweep(): Promise<number> {
    return this.#sweeper.sweep();
  }

  async close(deadline: Deadline): Promise<void> {
    const closed = this.#connection.close(deadline);
    const reason = new ResultError("RESULT_CLOSED", `the results at ${this.location} are closed`);
    this.#sweeper.close();
    this.#news.close();
    this.#waits.close(reason);
    for (const bells of Object.values(this.#bells)) bells.close(reason);
    await closed;
  }
}
