import type { ResultBackend, ResultRecord } from "../result-backend.js";
import type { State } from "../state.js";
import type { AsyncResult, GetOptions, ProgressOptions, RevokeOptions } from "./async-result.js";
import type { Connection } from "./connection.js";
import type { ResultHandle } from "./result-handle.js";
import type { PlainReader } from "./plain-reader.js";
import type { ResultReader } from "./result-reader.js";
import type { Settled } from "./settled.js";
import type { StreamOptions } from "./stream-call.js";
import type { TaskReference } from "./task-error.js";

/** What a result needs of its app. */
export interface ResultSource {
  readonly connection: () => Promise<Connection>;
  /** Its results, when it is there already. */
  readonly connected: () => ResultBackend | undefined;
  /** Reads most of what they hold; there once they are. */
  readonly plainReader: () => PlainReader;
  /** Reads all that they hold. */
  readonly reader: () => Promise<ResultReader>;
  readonly revoke: (id: string, options?: RevokeOptions) => Promise<void>;
}

/** Whose result it is, and whether it can be read here. */
export interface ResultOrigin extends TaskReference {
  readonly ignored: boolean;
  /** Not called by this app: needs a backend that answers other processes. */
  readonly foreign: boolean;
}

/** An `AsyncResult` read from the app's result backend. What it can do besides waiting for a plain value loads when it is used. */
export class StoredResult<R> implements AsyncResult<R> {
  readonly id: string;
  readonly #origin: ResultOrigin;
  readonly #source: ResultSource;
  /** A wait that was begun with the call. */
  expected: Promise<ResultRecord> | undefined;
  record: ResultRecord | undefined;
  #handle: ResultHandle<R> | undefined;

  constructor(origin: ResultOrigin, source: ResultSource) {
    this.id = origin.id;
    this.#origin = origin;
    this.#source = source;
  }

  /** The values of many of one app. */
  static async all<R>(all: readonly StoredResult<R>[], options: GetOptions = {}): Promise<R[]> {
    if (all.length === 0) return [];
    const source = all[0]!.#source;
    const { results, sealer } = await source.connection();
    return (await source.reader()).all(
      all.map((one) => one.#origin),
      { results, sealer },
      options,
    );
  }

  /** Has the backend know of the wait that follows while the call still travels: it needs no way of its own then. */
  expect(sent: Promise<unknown>, options: GetOptions): void {
    const results = this.#source.connected();
    if (results === undefined || this.#origin.ignored) return;
    this.expected ??= this.#source.plainReader().expect(this.id, { results, sent, options });
    this.expected?.catch(() => (this.expected = undefined));
  }

  async get(options: GetOptions = {}): Promise<R> {
    const plain = await this.#getPlain(options);
    // n.b. a promise that is returned takes longer than one that is awaited
    return plain === undefined ? await (await this.#open()).get(options) : (plain.value as R);
  }

  async settled(options?: GetOptions): Promise<Settled<R>> {
    return (await this.#open()).settled(options);
  }

  async status(): Promise<State> {
    return (await this.#open()).status();
  }

  async ready(): Promise<boolean> {
    return (await this.#state()) !== undefined;
  }

  async successful(): Promise<boolean> {
    return (await this.#state()) === "SUCCESS";
  }

  async failed(): Promise<boolean> {
    return ((await this.#state()) ?? "SUCCESS") !== "SUCCESS";
  }

  async info(): Promise<unknown> {
    return (await this.#open()).info();
  }

  /** For tasks that declare it. */
  async *progress(options?: ProgressOptions): AsyncGenerator<unknown, void> {
    yield* (await this.#open()).progress(options);
  }

  async traceback(): Promise<string | undefined> {
    return (await this.#open()).traceback();
  }

  async forget(): Promise<void> {
    return (await this.#open()).forget();
  }

  /** n.b. the types show it of tasks that yield items; of others it gives none. */
  async *stream(options?: StreamOptions): AsyncGenerator<unknown, void> {
    yield* (await this.#open()).stream(options);
  }

  revoke(options?: RevokeOptions): Promise<void> {
    return this.#source.revoke(this.id, options);
  }

  /** Waits for the record; its value where it is plain. */
  async #getPlain(options: GetOptions): Promise<{ readonly value: unknown } | undefined> {
    const { ignored, foreign, id } = this.#origin;
    if (ignored || foreign || this.#handle !== undefined) return undefined;
    const connection = await this.#source.connection();
    const reader = this.#source.plainReader();
    if (!reader.waits(options)) return undefined;
    this.record ??= await (this.expected ?? connection.results.wait(id));
    return reader.value(this.record, connection);
  }

  /** How it ended, if it has. */
  async #state(): Promise<State | undefined> {
    return (await (await this.#open()).peek())?.state;
  }

  async #open(): Promise<ResultHandle<R>> {
    const origin = this.#origin;
    if (origin.ignored) throw (await import("./wait-failure.js")).ignored(origin);
    const { results, sealer } = await this.#source.connection();
    // n.b. a stand-in may have come or gone
    if (this.#handle?.results !== results)
      this.#handle = (await this.#source.reader()).open({ origin, results, sealer, call: this });
    return this.#handle;
  }
}
