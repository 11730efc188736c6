import { ResultError } from "@taskgen/core";
import type {
  Deadline,
  PutOutcome,
  ResultBackend,
  ResultBackendCaps,
  ResultEvent,
  ResultRecord,
  Revocation,
  Revoking,
  SequencedEvent,
  TransportEvents,
} from "@taskgen/core/internal";
import type { Mutant } from "../mutants.js";
import type { Link } from "./link.js";
import type { ModelStore } from "./store.js";
import { Waits, type Awaited } from "./waits.js";

/** What a result backend of the simulation is made of. */
export interface ModelResultsOptions {
  readonly store: ModelStore;
  readonly link: Link;
  /** It looked for ids; called where it was answered, or failed. */
  readonly looked: (ids: readonly string[], has: ((id: string) => boolean) | undefined) => void;
  /** Events could not be stored. */
  readonly unappended: (ids: readonly string[]) => void;
  readonly mutant: Mutant | undefined;
}

/** A connection to the model store. */
export class ModelResults implements ResultBackend, Revoking {
  readonly caps: ResultBackendCaps = { foreignReads: true, durable: true };
  readonly location = "simulation";
  readonly #options: ModelResultsOptions;
  readonly #waits: Waits;
  #isClosed = false;

  constructor(options: ModelResultsOptions) {
    this.#options = options;
    this.#waits = new Waits(options.link);
  }

  async start(on: TransportEvents): Promise<void> {
    const { mutant, link } = this.#options;
    const state: TransportEvents["state"] = (state, reason) => {
      on.state(state, reason);
      if (state === "up" && mutant !== "wait-not-repeated") this.#waits.lookAgain();
    };
    link.start({ ...on, state });
  }

  async put(batch: readonly ResultRecord[]): Promise<readonly PutOutcome[]> {
    const { link, store, mutant } = this.#options;
    const put = (): PutOutcome[] => batch.map((record) => store.put(record));
    if (mutant !== "ack-before-result") return link.request(put);
    setTimeout(put, LATE_MS);
    return batch.map(() => "stored");
  }

  async get(ids: readonly string[]): Promise<readonly (ResultRecord | undefined)[]> {
    const { link, store, looked, mutant } = this.#options;
    if (mutant === "stored-result-not-seen") return ids.map(() => undefined);
    try {
      const records = await link.request(() => ids.map((id) => store.get(id)));
      looked(ids, (id) => records[ids.indexOf(id)] !== undefined);
      return mutant === "results-swapped" ? records.toReversed() : records;
    } catch (error) {
      looked(ids, undefined);
      throw error;
    }
  }

  async wait(id: string, signal?: AbortSignal): Promise<ResultRecord> {
    return this.until(id, () => this.#options.store.get(id), signal);
  }

  /** Resolves to what is found of an id, as soon as there is something. */
  async until<T>(id: string, look: Awaited<T>["look"], signal?: AbortSignal): Promise<T> {
    if (this.#isClosed) throw closed();
    const watch = (changed: () => void): (() => void) => this.#options.store.watch(id, changed);
    return this.#waits.until({ look, watch, signal });
  }

  async forget(ids: readonly string[]): Promise<void> {
    await this.#options.link.request(() => ids.forEach((id) => this.#options.store.forget(id)));
  }

  async append(batch: readonly ResultEvent[]): Promise<void> {
    const { link, store, mutant, unappended } = this.#options;
    const append = (): void => batch.forEach((event) => store.append(event));
    if (mutant === "progress-told-early") return void setTimeout(append, LATE_MS);
    try {
      await link.request(append);
    } catch (error) {
      unappended(batch.map(({ id }) => id));
      throw error;
    }
  }

  async latest(ids: readonly string[]): Promise<readonly (SequencedEvent | undefined)[]> {
    return this.#options.link.request(() => ids.map((id) => this.#options.store.events(id).at(-1)));
  }

  async *watch(id: string, after: number, signal: AbortSignal): AsyncIterable<SequencedEvent> {
    for (let seen = after; !signal.aborted;) {
      const events = this.#options.store.events(id).slice(seen);
      yield* events;
      seen += events.length;
      if (events.length === 0) await this.#change(id, signal);
    }
  }

  async mark(batch: readonly Revocation[]): Promise<void> {
    await this.#options.link.request(() => batch.forEach((revocation) => this.#options.store.mark(revocation)));
  }

  async marks(): Promise<readonly Revocation[]> {
    return this.#options.link.request(() => this.#options.store.marks());
  }

  async close(_deadline: Deadline): Promise<void> {
    this.#isClosed = true;
    this.#waits.fail(closed());
  }

  async #change(id: string, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const unwatch = this.#options.store.watch(id, () => (unwatch(), resolve()));
      signal.addEventListener("abort", () => (unwatch(), resolve()), { once: true });
    });
  }
}

const LATE_MS = 1_000;

const closed = (): ResultError => new ResultError("RESULT_CLOSED", "the simulated results are closed");
