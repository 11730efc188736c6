import { milliseconds } from "../duration.js";
import { ConfigError, ResultError } from "../errors.js";
import { patiently } from "../patience.js";
import type { ResultBackend, ResultRecord } from "../result-backend.js";
import type { Sealer } from "../security/sealer.js";
import { openPart, openStored } from "../security/stored.js";
import { canStream, type Streaming, type StreamPage, type StreamPull } from "../streaming.js";
import { LONGEST_TIMER_MS } from "../timer.js";
import { join } from "./join.js";
import type { ResultReader } from "./result-reader.js";
import type { StreamOptions } from "./stream-call.js";
import type { ResultOrigin } from "./stored-result.js";

/** What is read in one step. */
const PAGE = { maxItems: 200, maxBytes: 256 * 1024 };

/** Where a stream is read. */
export interface StreamSource {
  readonly origin: ResultOrigin;
  readonly results: ResultBackend;
  readonly reader: ResultReader;
  readonly sealer: Sealer | undefined;
  /** Revokes the task. */
  readonly revoke: () => Promise<void>;
}

/** What a task yields; see `Streamed`. */
export async function* readStream(source: StreamSource, options: StreamOptions): AsyncGenerator<unknown, void> {
  const reading = new StreamReading(source, options);
  try {
    for (let ended = false; !ended;) {
      const page = await reading.next();
      for (const [i, item] of page.items.entries()) yield source.reader.value(opened(source, page.first + i, item));
      ({ ended } = page);
    }
    await reading.finish();
  } finally {
    await reading.leave();
  }
}

const opened = (source: StreamSource, number: number, item: Uint8Array): Uint8Array =>
  openPart(number, item, { ...source, purpose: "item" });

/** The end of the task is known: reading need not wait for items any more. */
const TASK_ENDED = new Error("the task has ended");
const TOO_LATE = new Error("too late");

/** One reader's place in a stream. */
class StreamReading {
  readonly #source: StreamSource;
  readonly #options: StreamOptions;
  readonly #results: ResultBackend & Streaming;
  readonly #left = new AbortController();
  #after: number;
  #record: ResultRecord | undefined;
  #isWaiting = false;
  #isClosed = false;
  #isOver = false;
  /** Why the end of the task cannot be known. */
  #lost: { readonly error: unknown } | undefined;
  /** Ends the pull that is under way. */
  #interrupt: ((reason: unknown) => void) | undefined;

  constructor(source: StreamSource, options: StreamOptions) {
    const { results, origin } = source;
    if (!canStream(results)) throw cannotStream(results.location);
    this.#source = source;
    this.#options = options;
    this.#results = results;
    this.#after = options.after ?? 0;
    if (Number.isSafeInteger(this.#after) && this.#after >= 0) return;
    throw new ConfigError("OPTION_INVALID", `stream of ${origin.id}: after must be the number of an item, or 0`);
  }

  /** The items that follow; those of the page before are done with. */
  async next(): Promise<StreamPage> {
    if (!this.#isWaiting) void this.#awaitRecord();
    const page = await this.#within((signal) => this.#pull(signal));
    if (page.first > this.#after + 1) throw this.#readBefore(page.first - 1);
    // n.b. who asks for items before they are there is given those before them, too, when they come
    const known = Math.min(page.items.length, this.#after + 1 - page.first);
    this.#after += page.items.length - known;
    return { ...page, first: page.first + known, items: page.items.slice(known) };
  }

  /** After the last item: how the task ended. */
  async finish(): Promise<void> {
    const { origin, reader } = this.#source;
    // n.b. removes what was read last; if that fails, it goes with its time
    this.#results.pull(this.#request(), this.#left.signal).catch(() => {});
    const record = this.#record ?? (await this.#within((signal) => this.#results.wait(origin.id, signal)));
    this.#isOver = true;
    const settled = reader.settled(openStored(record, { ...this.#source, purpose: "result" }), origin);
    if (!settled.ok) throw settled.error;
  }

  async leave(): Promise<void> {
    const isLeftEarly = !this.#isOver && this.#record === undefined;
    this.#left.abort(TOO_LATE);
    if (isLeftEarly && this.#options.revokeOnReturn === true) await this.#source.revoke();
  }

  /** n.b. one wait for all pages. */
  async #awaitRecord(): Promise<void> {
    this.#isWaiting = true;
    try {
      this.#record = await this.#results.wait(this.#source.origin.id, this.#left.signal);
      this.#interrupt?.(TASK_ENDED);
    } catch (error) {
      this.#lost = { error };
      this.#interrupt?.(error);
    }
  }

  async #pull(signal: AbortSignal): Promise<StreamPage> {
    const page = this.#record === undefined ? await this.#pullUntilEnd(signal) : undefined;
    if (page !== undefined) return page;
    await this.#close(this.#record!, signal);
    return this.#results.pull(this.#request(), signal);
  }

  /** None when the end of the task comes first. */
  async #pullUntilEnd(signal: AbortSignal): Promise<StreamPage | undefined> {
    const wait = new AbortController();
    signal.addEventListener("abort", () => wait.abort(signal.reason), { once: true });
    if (signal.aborted) wait.abort(signal.reason);
    this.#interrupt = (reason) => wait.abort(reason);
    if (this.#lost !== undefined) throw this.#lost.error;
    try {
      return await this.#results.pull(this.#request(), wait.signal);
    } catch (error) {
      if (error !== TASK_ENDED) throw error;
      return undefined;
    }
  }

  /** What is stored now is all: a task that failed does not say so in its stream. */
  async #close({ id, ttlMs }: ResultRecord, signal: AbortSignal): Promise<void> {
    if (this.#isClosed) return;
    const end = { id, first: this.#after + 1, items: [], ends: true, ttlMs };
    await patiently(() => this.#results.push(end), signal);
    this.#isClosed = true;
  }

  #request(): StreamPull {
    return { id: this.#source.origin.id, after: this.#after, ...PAGE };
  }

  /** Waits no longer than the options allow. */
  async #within<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { timeout, signal: given } = this.#options;
    const wait = new AbortController();
    const stop = (): void => wait.abort(given?.reason);
    const late = timeout === undefined ? undefined : setTimeout(() => wait.abort(TOO_LATE), timeoutMs(timeout));
    given?.addEventListener("abort", stop, { once: true });
    if (given?.aborted === true) stop();
    try {
      return await join(this.#options, () => work(wait.signal));
    } catch (error) {
      throw this.#failure(error);
    } finally {
      clearTimeout(late);
      given?.removeEventListener("abort", stop);
    }
  }

  #failure(error: unknown): unknown {
    const { reader, origin, results } = this.#source;
    const timedOut = error === TOO_LATE;
    const { location } = results;
    return reader.failure(error, { task: origin, options: this.#options, timedOut, location, what: "item" });
  }

  #readBefore(last: number): ResultError {
    const { name, id } = this.#source.origin;
    const which = `items ${this.#after + 1} to ${last} of ${name ?? "task"} (${id})`;
    return new ResultError(
      "STREAM_READ",
      `${which} were read by somebody else, or are not stored any more; go on after them with stream({ after: ${last} })`,
    );
  }
}

const timeoutMs = (timeout: NonNullable<StreamOptions["timeout"]>): number =>
  Math.min(LONGEST_TIMER_MS, milliseconds(timeout));

const cannotStream = (location: string): ConfigError =>
  new ConfigError(
    "CAPABILITY_MISSING",
    `streams cannot be read with results at ${location}; set the app's backend to redis:, postgres:, sqlite: or memory:`,
  );
