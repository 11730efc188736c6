import { ResultError, TransportError } from "@taskgen/core";
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

/** What a result backend of the simulation is made of. */
export interface ModelResultsOptions {
  readonly store: ModelStore;
  readonly link: Link;
  /** It looked for ids; called where it was answered, or failed. */
  readonly looked: (ids: readonly string[], has: ((id: string) => boolean) | undefined) => void;
  readonly mutant: Mutant | undefined;
}

interface Wait {
  readonly id: string;
  /** Looks now; may be called at any time. */
  readonly look: () => void;
  readonly fail: (reason: unknown) => void;
}

/** A connection to the model store. */
export class ModelResults implements ResultBackend, Revoking {
  readonly caps: ResultBackendCaps = { foreignReads: true, durable: true };
  readonly location = "simulation";
  readonly #options: ModelResultsOptions;
  readonly #waits = new Set<Wait>();
  #isClosed = false;

  constructor(options: ModelResultsOptions) {
    this.#options = options;
  }

  async start(on: TransportEvents): Promise<void> {
    const { mutant, link } = this.#options;
    const state: TransportEvents["state"] = (state, reason) => {
      on.state(state, reason);
      if (state === "up" && mutant !== "wait-not-repeated") for (const wait of this.#waits) wait.look();
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
    const { store, link } = this.#options;
    if (this.#isClosed) throw closed();
    return new Promise((resolve, reject) => {
      const end = (): void => {
        unwatch();
        this.#waits.delete(wait);
      };
      const look = (): void => this.#look(id, (record) => (end(), resolve(record)));
      const fail = (reason: unknown): void => (end(), reject(reason));
      const wait = { id, look, fail };
      const unwatch = store.watch(id, () => link.tell(look));
      this.#waits.add(wait);
      signal?.addEventListener("abort", () => fail(signal.reason), { once: true });
      look();
    });
  }

  async forget(ids: readonly string[]): Promise<void> {
    await this.#options.link.request(() => ids.forEach((id) => this.#options.store.forget(id)));
  }

  async append(batch: readonly ResultEvent[]): Promise<void> {
    await this.#options.link.request(() => batch.forEach((event) => this.#options.store.append(event)));
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
    for (const wait of [...this.#waits]) wait.fail(closed());
  }

  /** Nothing is told when the network does not bring the answer: the next look may. */
  #look(id: string, found: (record: ResultRecord) => void): void {
    const { link, store } = this.#options;
    if (!link.isUp) return;
    link
      .request(() => store.get(id))
      .then((record) => {
        if (record !== undefined) found(record);
        return undefined;
      })
      .catch((error: unknown) => {
        // n.b. one request that fails on a connection that holds is repeated; a cut is noticed by `state`
        if (error instanceof TransportError && link.isUp) setTimeout(() => this.#look(id, found), LOOK_AGAIN_MS);
      });
  }

  async #change(id: string, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const unwatch = this.#options.store.watch(id, () => (unwatch(), resolve()));
      signal.addEventListener("abort", () => (unwatch(), resolve()), { once: true });
    });
  }
}

const LATE_MS = 1_000;
const LOOK_AGAIN_MS = 100;

const closed = (): ResultError => new ResultError("RESULT_CLOSED", "the simulated results are closed");
