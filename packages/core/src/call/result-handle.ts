import { milliseconds } from "../duration.js";
import { ResultError } from "../errors.js";
import type { ResultBackend, ResultRecord } from "../result-backend.js";
import { runningTask } from "../run/current-task.js";
import type { Sealer } from "../security/sealer.js";
import { openStored, type Sealed } from "../security/stored.js";
import type { State } from "../state.js";
import { timeoutSignal } from "../timer.js";
import type { GetOptions } from "./async-result.js";
import type { ResultReader } from "./result-reader.js";
import type { Settled } from "./settled.js";
import type { ResultOrigin } from "./stored-result.js";

/** What a handle reads, and from where. */
export interface HandleOptions {
  readonly origin: ResultOrigin;
  readonly results: ResultBackend;
  readonly reader: ResultReader;
  readonly sealer: Sealer | undefined;
  /** A wait that was begun with the call. */
  readonly expected: () => Promise<ResultRecord> | undefined;
}

/** The result of one call in a backend that is connected. Loads with the connection. */
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
  }

  async get(options: GetOptions = {}): Promise<R> {
    const settled = await this.settled(options);
    if (settled.ok) return settled.value;
    throw settled.error;
  }

  async settled(options: GetOptions = {}): Promise<Settled<R>> {
    this.#record ??= this.#opened(await this.#join(options));
    return this.#options.reader.settled(this.#record, this.#options.origin);
  }

  async status(): Promise<State> {
    const record = await this.peek();
    if (record !== undefined) return record.state;
    const [event] = await this.results.latest([this.#id]);
    return event?.state ?? "PENDING";
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

  async traceback(): Promise<string | undefined> {
    const record = await this.peek();
    return record && this.#options.reader.stack(record);
  }

  async forget(): Promise<void> {
    await this.results.forget([this.#id]);
    this.#record = undefined;
  }

  /** @throws ResultError `RESULT_FORGED` */
  #opened<T extends Sealed | undefined>(stored: T, purpose: "result" | "event" = "result"): T {
    return stored && openStored(stored, { ...this.#options, purpose });
  }

  #join(options: GetOptions): Promise<ResultRecord> {
    const task = runningTask();
    if (task === undefined) return this.#wait(options);
    if (options.allowJoin === true) return task.join(() => this.#wait(options));
    throw new ResultError(
      "JOIN_IN_TASK",
      `task ${task.name} (${task.id}) waits for another task; that can starve the workers. Pass { allowJoin: true } if you mean it`,
    );
  }

  async #wait(options: GetOptions): Promise<ResultRecord> {
    const { results } = this;
    const timeout = options.timeout === undefined ? undefined : timeoutSignal(milliseconds(options.timeout));
    const signal = anySignal(options.signal, timeout);
    try {
      if (signal !== undefined) return await results.wait(this.#id, signal);
      return await (this.#options.expected() ?? results.wait(this.#id));
    } catch (error) {
      const timedOut = timeout?.aborted === true;
      const { origin, reader } = this.#options;
      throw reader.failure(error, { task: origin, options, timedOut, location: results.location });
    }
  }
}

/** A caller's signal is never listened to itself: it may be shared by many waits, whose listeners would pile up on it. */
function anySignal(given: AbortSignal | undefined, timeout: AbortSignal | undefined): AbortSignal | undefined {
  if (given === undefined) return timeout;
  return AbortSignal.any(timeout === undefined ? [given] : [given, timeout]);
}
