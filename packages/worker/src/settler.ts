import { TransportError } from "@taskgen/core";
import { canFuse, type Connection, type Finish, type Fused, type SettleOutcome } from "@taskgen/core/internal";
import { pause } from "./pause.js";

interface Pending {
  readonly finish: Finish;
  readonly done: (outcome: SettleOutcome) => void;
}

const MAX_BATCH = 1_000;
const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 1_000;

/**
 * The one place that stores results and settles deliveries: the result first, then the delivery, in one transaction where the
 * two live in one store. While a batch is on its way the next one grows. What the store or the broker cannot take now is
 * tried again until the delivery is lost.
 */
export class Settler {
  readonly #connection: Connection;
  readonly #fused: Fused | undefined;
  #waiting: Pending[] = [];
  #busy = false;
  #idle: (() => void)[] = [];
  #pause = new AbortController();

  constructor(connection: Connection) {
    this.#connection = connection;
    const { transport, results } = connection;
    this.#fused = canFuse(transport) ? transport.fuse(results) : undefined;
  }

  /** Calls `done` once the broker answered; `finish` is stored in the order given. */
  add(finish: Finish, done: (outcome: SettleOutcome) => void): void {
    this.#waiting.push({ finish, done });
    if (!this.#busy) void this.#run();
  }

  /** Resolves when everything is settled, or the signal aborts. */
  async drained(signal: AbortSignal): Promise<void> {
    if (this.#waiting.length === 0 && !this.#busy) return;
    await new Promise<void>((resolve) => {
      this.#idle.push(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    if (signal.aborted) this.#pause.abort();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    // what ends in the same turn is settled together
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.length <= MAX_BATCH ? this.#waiting.splice(0) : this.#waiting.splice(0, MAX_BATCH);
      const finishes = batch.map(({ finish }) => finish);
      const first = await this.#attempt(finishes);
      const outcomes = first.some(isRetriable) ? await this.#persist(finishes, first) : first;
      batch.forEach(({ done }, i) => done(outcomes[i]!));
    }
    this.#busy = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Tries again what failed for now. */
  async #persist(batch: readonly Finish[], first: readonly SettleOutcome[]): Promise<readonly SettleOutcome[]> {
    const outcomes = [...first];
    for (let delay = RETRY_MIN_MS; !this.#pause.signal.aborted; delay = Math.min(RETRY_MAX_MS, delay * 2)) {
      const again = outcomes.flatMap((outcome, i) =>
        isRetriable(outcome) && !batch[i]!.settlement.delivery.lost.aborted ? [i] : [],
      );
      if (again.length === 0) break;
      await pause(delay, this.#pause.signal);
      const next = await this.#attempt(again.map((i) => batch[i]!));
      again.forEach((at, i) => (outcomes[at] = next[i]!));
    }
    return outcomes;
  }

  async #attempt(batch: readonly Finish[]): Promise<readonly SettleOutcome[]> {
    try {
      return await (this.#fused === undefined ? this.#finish(batch) : this.#fused.finish(batch));
    } catch (cause) {
      const failure =
        cause instanceof TransportError
          ? cause
          : new TransportError("BROKER_UNAVAILABLE", "the result could not be stored or the delivery settled", {
              cause,
              certain: false,
            });
      return batch.map(() => failure);
    }
  }

  /** Two stores: a delivery is settled only after its result is stored. */
  async #finish(batch: readonly Finish[]): Promise<readonly SettleOutcome[]> {
    const records = batch.flatMap(({ record, settlement }) =>
      record === undefined || settlement.delivery.lost.aborted ? [] : [record],
    );
    if (records.length > 0) await this.#connection.results.put(records);
    return this.#connection.transport.settle(batch.map(({ settlement }) => settlement));
  }
}

const isRetriable = (outcome: SettleOutcome): boolean => outcome instanceof TransportError && outcome.retriable;
