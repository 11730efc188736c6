import { ResultError } from "../errors.js";
import type { ResultBackend, ResultRecord } from "../result-backend.js";
import type { Sealer } from "../security/sealer.js";
import { openStored, type Sealed } from "../security/stored.js";
import type { State } from "../state.js";
import type { GetOptions, ProgressOptions } from "./async-result.js";
import { followProgress } from "./follow-progress.js";
import { join } from "./join.js";
import type { ResultReader } from "./result-reader.js";
import type { Settled } from "./settled.js";
import type { StreamOptions } from "./stream-call.js";
import { readStream } from "./stream-reader.js";
import type { ResultOrigin } from "./stored-result.js";
import { waitSignal } from "./wait-signal.js";

/** The result as callers have it. */
export interface ResultOwner {
  /** A wait that was begun with the call. */
  readonly expected: Promise<ResultRecord> | undefined;
  /** Its record, when it is known already. */
  readonly record: ResultRecord | undefined;
  readonly revoke: () => Promise<void>;
}

/** What a handle reads, and from where. */
export interface HandleOptions {
  readonly origin: ResultOrigin;
  readonly results: ResultBackend;
  readonly reader: ResultReader;
  readonly sealer: Sealer | undefined;
  readonly call: ResultOwner;
}

/** The result of one call in a backend that is connected. */
export class ResultHandle<R> {
  readonly results: ResultBackend;
  readonly #options: HandleOptions;
  readonly #id: string;
  #record: ResultRecord | undefined;

  /** @throws ResultError `RESULT_NOT_STORED` */
  constructor(options: HandleOptions) {
    const { origin, results } = options;
    if (origin.foreign && !results.caps.foreignReads) {
      throw new ResultError(
        "RESULT_NOT_STORED",
        `${results.location} sends results to the calling process alone; use another result backend to read ${origin.id} here`,
      );
    }
    this.results = results;
    this.#options = options;
    this.#id = origin.id;
    this.#record = options.call.record && this.#opened(options.call.record);
  }

  async get(options: GetOptions = {}): Promise<R> {
    this.#record ??= this.#opened(await this.#wait(options));
    const settled = this.#read<R>(this.#record);
    if (settled.ok) return settled.value;
    throw settled.error;
  }

  async settled(options: GetOptions = {}): Promise<Settled<R>> {
    this.#record ??= this.#opened(await this.#wait(options));
    return this.#read(this.#record);
  }

  async status(): Promise<State> {
    const record = await this.peek();
    if (record !== undefined) return record.state;
    const [event] = await this.results.latest([this.#id]);
    return event?.state ?? "PENDING";
  }

  /** Resolves when there is a record; its own signal is that of the caller. */
  async #ended(options: ProgressOptions, signal: AbortSignal): Promise<void> {
    const given = options.signal === undefined ? signal : AbortSignal.any([options.signal, signal]);
    if (this.#record !== undefined) return given.throwIfAborted();
    let record: ResultRecord;
    try {
      record = await this.results.wait(this.#id, given);
    } catch (error) {
      const { origin, reader } = this.#options;
      throw reader.failure(error, { task: origin, options, timedOut: false, location: this.results.location });
    }
    this.#record = this.#opened(record);
  }

  /** The record when there is one. */
  async peek(): Promise<ResultRecord | undefined> {
    return (this.#record ??= this.#opened((await this.results.get([this.#id]))[0]));
  }

  async info(): Promise<unknown> {
    const [event] = await this.results.latest([this.#id]);
    const body = this.#opened(event, "event")?.body;
    return body === undefined || body.length === 0 ? undefined : this.#options.reader.value(body);
  }

  /** What the task reports, until it has ended. */
  async *progress(options: ProgressOptions = {}): AsyncGenerator<unknown, void> {
    const { reader } = this.#options;
    const following = followProgress({
      results: this.results,
      id: this.#id,
      ended: (signal) => this.#ended(options, signal),
    });
    try {
      for (;;) {
        const next = await join(options, () => following.next());
        if (next.done === true) return;
        yield reader.value(this.#opened(next.value, "event").body);
      }
    } finally {
      await following.return();
    }
  }

  async traceback(): Promise<string | undefined> {
    const record = await this.peek();
    return record && this.#options.reader.stack(record);
  }

  /** Reads what the task yields. */
  stream(options: StreamOptions = {}): AsyncGenerator<unknown, void> {
    return readStream({ ...this.#options, revoke: () => this.#options.call.revoke() }, options);
  }

  async forget(): Promise<void> {
    await this.results.forget([this.#id]);
    this.#record = undefined;
  }

  /** @throws ResultError `RESULT_FORGED` */
  #opened<T extends Sealed | undefined>(stored: T, purpose: "result" | "event" = "result"): T {
    return stored && openStored(stored, { ...this.#options, purpose });
  }

  #read<V>(record: ResultRecord): Settled<V> {
    return this.#options.reader.settled(record, this.#options.origin);
  }

  #wait(options: GetOptions): Promise<ResultRecord> {
    const isPlain = options.signal === undefined && options.timeout === undefined;
    return join(options, () => (isPlain ? this.#waitForEver() : this.#waitWithin(options)));
  }

  #waitForEver(): Promise<ResultRecord> {
    return this.#options.call.expected ?? this.results.wait(this.#id);
  }

  async #waitWithin(options: GetOptions): Promise<ResultRecord> {
    const { results } = this;
    const { signal, timedOut } = waitSignal(options);
    try {
      return await results.wait(this.#id, signal);
    } catch (error) {
      const { origin, reader } = this.#options;
      throw reader.failure(error, { task: origin, options, timedOut: timedOut(), location: results.location });
    }
  }
}
