import { milliseconds } from "../duration.js";
import { ResultError } from "../errors.js";
import { canExpect } from "../powers.js";
import type { ResultBackend, ResultRecord } from "../result-backend.js";
import { runningTask } from "../run/current-task.js";
import type { State } from "../state.js";
import { timeoutSignal } from "../timer.js";
import type { AsyncResult, GetOptions, RevokeOptions } from "./async-result.js";
import type { ResultReader } from "./result-reader.js";
import type { Settled } from "./settled.js";
import type { TaskReference } from "./task-error.js";

/** What a result needs of its app. */
export interface ResultSource {
  readonly results: () => Promise<ResultBackend>;
  /** The same when it is there already. */
  readonly connected: () => ResultBackend | undefined;
  /** Reads what they hold; there once they are. */
  readonly reader: () => ResultReader;
  readonly revoke: (id: string, options?: RevokeOptions) => Promise<void>;
}

/** Whose result it is, and whether it can be read here. */
export interface ResultOrigin extends TaskReference {
  readonly ignored: boolean;
  /** Not called by this app: needs a backend that answers other processes. */
  readonly foreign: boolean;
}

/** An `AsyncResult` read from the app's result backend. */
export class StoredResult<R> implements AsyncResult<R> {
  readonly id: string;
  readonly #origin: ResultOrigin;
  readonly #source: ResultSource;
  #record: ResultRecord | undefined;
  #expected: Promise<ResultRecord> | undefined;

  constructor(origin: ResultOrigin, source: ResultSource) {
    this.id = origin.id;
    this.#origin = origin;
    this.#source = source;
  }

  /** Has the backend know of the wait that follows while the call still travels: it needs no way of its own then. */
  expect(sent: Promise<unknown>, { signal, timeout }: GetOptions): void {
    const isPlain = signal === undefined && timeout === undefined;
    if (!isPlain || this.#expected !== undefined || this.#origin.ignored || runningTask() !== undefined) return;
    const results = this.#source.connected();
    if (results === undefined || !canExpect(results)) return;
    const { record, cancel } = results.expect(this.id);
    this.#expected = record;
    record.catch(() => (this.#expected = undefined));
    sent.catch(cancel);
  }

  async get(options: GetOptions = {}): Promise<R> {
    const settled = await this.settled(options);
    if (settled.ok) return settled.value;
    throw settled.error;
  }

  async settled(options: GetOptions = {}): Promise<Settled<R>> {
    this.#record ??= await this.#join(options);
    return this.#source.reader().settled(this.#record, this.#origin);
  }

  async status(): Promise<State> {
    const results = await this.#readable();
    const record = await this.#peek(results);
    if (record !== undefined) return record.state;
    const [event] = await results.latest([this.id]);
    return event?.state ?? "PENDING";
  }

  async ready(): Promise<boolean> {
    return (await this.#peek(await this.#readable())) !== undefined;
  }

  async successful(): Promise<boolean> {
    return (await this.#peek(await this.#readable()))?.state === "SUCCESS";
  }

  async failed(): Promise<boolean> {
    const record = await this.#peek(await this.#readable());
    return record !== undefined && record.state !== "SUCCESS";
  }

  async info(): Promise<unknown> {
    const [event] = await (await this.#readable()).latest([this.id]);
    return event === undefined || event.body.length === 0 ? undefined : this.#source.reader().value(event.body);
  }

  async traceback(): Promise<string | undefined> {
    const record = await this.#peek(await this.#readable());
    return record && this.#source.reader().stack(record);
  }

  async forget(): Promise<void> {
    await (await this.#readable()).forget([this.id]);
    this.#record = undefined;
  }

  revoke(options?: RevokeOptions): Promise<void> {
    return this.#source.revoke(this.id, options);
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
    const results = await this.#readable();
    const timeout = options.timeout === undefined ? undefined : timeoutSignal(milliseconds(options.timeout));
    const signal = anySignal(options.signal, timeout);
    try {
      return await (signal === undefined ? (this.#expected ?? results.wait(this.id)) : results.wait(this.id, signal));
    } catch (error) {
      const timedOut = timeout?.aborted === true;
      const { location } = results;
      throw this.#source.reader().failure(error, { task: this.#origin, options, timedOut, location });
    }
  }

  async #readable(): Promise<ResultBackend> {
    if (this.#origin.ignored) {
      throw new ResultError(
        "RESULT_IGNORED",
        `task ${this.#origin.name} (${this.id}) stores no result: ignoreResult is set`,
      );
    }
    const results = await this.#source.results();
    if (this.#origin.foreign && !results.caps.foreignReads) {
      throw new ResultError(
        "RESULT_NOT_STORED",
        `${results.location} sends results to the calling process alone; use another result backend to read ${this.id} here`,
      );
    }
    return results;
  }

  async #peek(results: ResultBackend): Promise<ResultRecord | undefined> {
    return (this.#record ??= (await results.get([this.id]))[0]);
  }
}

/** A caller's signal is never listened to itself: it may be shared by many waits, whose listeners would pile up on it. */
function anySignal(given: AbortSignal | undefined, timeout: AbortSignal | undefined): AbortSignal | undefined {
  if (given === undefined) return timeout;
  return AbortSignal.any(timeout === undefined ? [given] : [given, timeout]);
}
