import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { ConfigError, ResultError } from "../../errors.js";
import type { Deadline, OpenOptions, TransportEvents } from "../../transport.js";
import { keepAlive } from "../keep-alive.js";
import { within } from "../within.js";
import { ConnectionLost, isPassing, isRefusal, isReply, textOf } from "./failure.js";
import { type Operation, outcomeOf, pauseAfter, type Progress } from "./operation.js";
import { parsePlace, type PostgresPlace } from "./place.js";
import { ensureSchema, Schema } from "./schema.js";
import { Session } from "./session.js";

/** How long a server that does not answer is waited for. */
const LIMIT_MS = 30_000;
/** A server works no longer than that on one statement, or so many heartbeats. */
const PATIENCE_MS = 5_000;
const PATIENCE_HEARTBEATS = 3;
const PROBE_HEARTBEATS = 2;
/** A session that ended sooner never really worked. */
const STABLE_MS = 1_000;

/** When an operation is given up at the latest. */
export const limit = (): AbortSignal => AbortSignal.timeout(LIMIT_MS);

/** The connection to a Postgres: renewed until it is closed. */
export class Connection {
  readonly place: PostgresPlace;
  readonly schema: Schema;
  readonly #patienceMs: number;
  readonly #probeMs: number;
  readonly #closing = new AbortController();
  readonly #renewed = new Set<(session: Session) => void>();
  #on: TransportEvents | undefined;
  #session: Session | undefined;
  #connected: Promise<Session> | undefined;
  #probes: NodeJS.Timeout | undefined;
  #wasUp = false;
  #begunAt = 0;
  #failures = 0;
  #statements = 0;
  #left: Promise<void> | undefined;

  constructor({ url, prefix, heartbeatMs }: OpenOptions) {
    this.place = parsePlace(url);
    this.schema = new Schema(prefix);
    this.#patienceMs = Math.max(PATIENCE_MS, PATIENCE_HEARTBEATS * heartbeatMs);
    this.#probeMs = PROBE_HEARTBEATS * heartbeatMs;
    setMaxListeners(0, this.#closing.signal);
  }

  /** How many statements were run. */
  get statements(): number {
    return this.#statements + (this.#session?.statements ?? 0);
  }

  /** Waits for the server for as long as it takes. @throws ConfigError or TransportError when the server refuses. */
  async start(on: TransportEvents): Promise<void> {
    this.assertOpen();
    this.#on ??= on;
    await this.perform(async () => {});
  }

  /** Calls `listener` with every session that follows. */
  onRenewed(listener: (session: Session) => void): void {
    this.#renewed.add(listener);
  }

  /**
   * Does something that may be repeated, until it was answered or `ends` aborts.
   * @throws TransportError, or ResultError `RESULT_CLOSED`
   */
  async perform<T>(operation: Operation<T>, ends?: AbortSignal): Promise<T> {
    this.assertOpen();
    const progress: Progress = { unsure: false };
    const letGo = keepAlive();
    try {
      const work = within(this.#repeat(operation, progress, ends), this.#closing.signal, () => this.#closedError());
      return await (ends === undefined ? work : within(work, ends, () => new ConnectionLost("no answer in time")));
    } catch (error) {
      if (this.#closing.signal.aborted) throw this.#closedError();
      throw outcomeOf(error, progress, this.place.location);
    } finally {
      letGo();
    }
  }

  assertOpen(): void {
    if (this.#closing.signal.aborted) throw this.#closedError();
  }

  /** Never hangs. Closing twice is safe. */
  close(deadline: Deadline): Promise<void> {
    return (this.#left ??= this.#close(deadline));
  }

  async #close(deadline: Deadline): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#probes);
    const session = this.#session;
    if (session === undefined) return;
    const late = new Error("too late");
    await within(session.close(), deadline, () => late).catch(() => {}); // it goes on without us
  }

  async #repeat<T>(operation: Operation<T>, progress: Progress, ends: AbortSignal | undefined): Promise<T> {
    for (let refusals = 0; ;) {
      const session = await this.#connect();
      if (ends?.aborted === true) throw new ConnectionLost("too late");
      const { unsure } = progress;
      try {
        progress.unsure = true;
        return await operation(session, unsure);
      } catch (error) {
        if (error instanceof ConnectionLost) continue;
        progress.unsure = unsure;
        if (!isPassing(error)) throw error;
        progress.refusal = error;
        await this.#pause(++refusals);
      }
    }
  }

  #connect(): Promise<Session> {
    return (this.#connected ??= this.#reconnect());
  }

  async #reconnect(): Promise<Session> {
    for (;;) {
      await this.#pause(this.#failures);
      const session = new Session({
        place: this.place,
        patienceMs: this.#patienceMs,
        onEnd: (...end) => this.#onEnd(...end),
      });
      try {
        return await this.#begin(session);
      } catch (error) {
        session.end(textOf(error));
        this.#failures++;
        this.#failed(error);
      }
    }
  }

  async #begin(session: Session): Promise<Session> {
    const end = (): void => session.end("closed");
    const { signal } = this.#closing;
    signal.addEventListener("abort", end, { once: true });
    try {
      await session.open();
      await ensureSchema(session, this.schema, this.place.location);
      if (session.ended !== undefined) throw new ConnectionLost(session.ended);
    } finally {
      signal.removeEventListener("abort", end);
    }
    this.#session = session;
    this.#begunAt = performance.now();
    this.#probes = setInterval(() => void session.probe(), this.#probeMs).unref();
    this.#wasUp = true;
    this.#on?.state("up");
    for (const listener of this.#renewed) listener(session);
    return session;
  }

  /** Before it ever worked, a refusal is the user's to mend; later it is told and tried again. */
  #failed(error: unknown): void {
    const isRefused = isRefusal(error) || (isReply(error) && !isPassing(error));
    const isFinal = error instanceof ConfigError || isRefused;
    if (isFinal && !this.#wasUp) {
      this.#connected = undefined;
      this.#failures = 0;
      throw error;
    }
    this.#tellDown(textOf(error));
  }

  #onEnd(session: Session, reason: string): void {
    if (session !== this.#session) return;
    this.#failures = performance.now() - this.#begunAt < STABLE_MS ? this.#failures + 1 : 0;
    this.#statements += session.statements;
    this.#session = undefined;
    this.#connected = undefined;
    clearInterval(this.#probes);
    if (this.#closing.signal.aborted) return;
    this.#tellDown(reason);
    this.#connect().catch(() => {}); // told as a state, or closing
  }

  async #pause(failures: number): Promise<void> {
    const { signal } = this.#closing;
    if (failures > 0) await delay(pauseAfter(failures), undefined, { signal, ref: false }).catch(() => {});
    if (signal.aborted) throw this.#closedError();
  }

  #tellDown(reason: string): void {
    if (!this.#closing.signal.aborted) this.#on?.state("down", `${this.place.location}: ${reason}`);
  }

  #closedError(): ResultError {
    return new ResultError("RESULT_CLOSED", `the results at ${this.place.location} are closed`);
  }
}
