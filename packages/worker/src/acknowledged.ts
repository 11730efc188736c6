import { setMaxListeners } from "node:events";
import { ResultError, TransportError } from "@taskgen/core";
import { encodeFailure, type Connection, type Envelope, type Finish, type ResultRecord } from "@taskgen/core/internal";
import { pause } from "./pause.js";

const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 1_000;
/** What a store does not take for so long is given up, so that what waits is bounded. */
const GIVE_UP_MS = 60_000;
const SEND_MS = 30_000;

/**
 * Ends of tasks that were acknowledged before they ran. The broker has forgotten them: what is left is their result, or
 * their next run. What cannot be stored now is tried again.
 */
export class Acknowledged {
  readonly #connection: Connection;
  readonly #ttlMs: number;
  readonly #warn: (error: unknown) => void;
  readonly #underWay = new Set<Promise<void>>();
  readonly #over = new AbortController();

  constructor(connection: Connection, ttlMs: number, warn: (error: unknown) => void) {
    this.#connection = connection;
    this.#ttlMs = ttlMs;
    this.#warn = warn;
    // n.b. each that waits for its next try listens
    setMaxListeners(0, this.#over.signal);
  }

  end(finish: Finish, ignoreResult: boolean): void {
    const ending = this.#end(finish, ignoreResult)
      .catch(this.#warn)
      .finally(() => this.#underWay.delete(ending));
    this.#underWay.add(ending);
  }

  /** Resolves when nothing is left, or the signal aborts; then nothing is tried again. */
  async drained(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.#over.abort();
    signal.addEventListener("abort", stop, { once: true });
    const stopped = new Promise<void>((resolve) => this.#over.signal.addEventListener("abort", () => resolve()));
    if (signal.aborted) stop();
    await Promise.race([Promise.all(this.#underWay), stopped]);
    signal.removeEventListener("abort", stop);
  }

  async #end({ settlement, record }: Finish, ignoreResult: boolean): Promise<void> {
    if (settlement.to !== "retry") return this.#put(record);
    try {
      await this.#again(
        () => this.#send(settlement.next),
        (error) => this.#maySendAgain(error),
      );
    } catch (error) {
      // n.b. a run that may still come has the last word
      if (!ignoreResult && error instanceof TransportError && error.certain)
        await this.#put(this.#notSent(settlement.next));
      throw error;
    }
  }

  async #put(record: ResultRecord | undefined): Promise<void> {
    // n.b. the first record of an id stays: a second try does no harm
    if (record !== undefined) await this.#again(() => this.#connection.results.put([record]), mayPass);
  }

  async #send(next: Envelope): Promise<void> {
    const [outcome] = await this.#connection.transport.send([next], AbortSignal.timeout(SEND_MS));
    if (outcome instanceof Error) throw outcome;
  }

  async #again(attempt: () => Promise<unknown>, mayRepeat: (error: unknown) => boolean): Promise<void> {
    const end = performance.now() + GIVE_UP_MS;
    for (let delay = RETRY_MIN_MS; ; delay = Math.min(RETRY_MAX_MS, delay * 2)) {
      try {
        return void (await attempt());
      } catch (error) {
        if (!mayRepeat(error) || this.#over.signal.aborted || performance.now() > end) throw error;
      }
      await pause(delay, this.#over.signal);
    }
  }

  /** n.b. what may have been sent is sent again only where that makes no second one: it runs at most once. */
  #maySendAgain(error: unknown): boolean {
    const isCertain = !(error instanceof TransportError) || error.certain;
    return mayPass(error) && (isCertain || this.#connection.transport.caps.dedupe);
  }

  #notSent({ id, replyTo }: Envelope): ResultRecord {
    const record = { id, state: "FAILURE", body: encodeFailure(NOT_SENT), replyTo, ttlMs: this.#ttlMs } as const;
    return this.#connection.sealer?.sealRecord(record) ?? record;
  }
}

/** Whether the same may succeed later. */
const mayPass = (error: unknown): boolean =>
  error instanceof TransportError ? error.retriable : !(error instanceof ResultError);

const NOT_SENT = {
  name: "WorkerLost",
  code: "WORKER_LOST",
  message: "its retry could not be sent; it is acknowledged early and cannot run again",
};
