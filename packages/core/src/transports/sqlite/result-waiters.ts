import type { ResultRecord } from "../../result-backend.js";
import type { Membership } from "./membership.js";

interface Waiter {
  readonly resolve: (record: ResultRecord) => void;
  readonly reject: (reason: unknown) => void;
}

/** Who in this process waits for which results. The process stays alive as long as somebody waits. */
export class ResultWaiters {
  readonly #membership: Membership;
  readonly #waiters = new Map<string, Set<Waiter>>();
  /** Ids that the database thread does not know of yet; those of one tick travel together. */
  #fresh: string[] = [];
  #letGo: (() => void) | undefined;

  constructor(membership: Membership) {
    this.#membership = membership;
  }

  wait(id: string, signal: AbortSignal): Promise<ResultRecord> {
    signal.throwIfAborted();
    this.#letGo ??= this.#membership.hold();
    return new Promise<ResultRecord>((resolve, reject) => {
      const onAbort = (): void => {
        this.#remove(id, waiter);
        reject(signal.reason);
      };
      const ending = <V>(end: (value: V) => void) => (value: V): void => {
        signal.removeEventListener("abort", onAbort);
        end(value);
      };
      const waiter: Waiter = { resolve: ending(resolve), reject: ending(reject) };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#add(id, waiter);
    });
  }

  serve(records: readonly ResultRecord[]): void {
    for (const record of records) {
      const waiters = this.#waiters.get(record.id) ?? [];
      this.#waiters.delete(record.id);
      for (const waiter of waiters) waiter.resolve(record);
    }
    this.#release();
  }

  /** Tells a new database thread who waits. */
  restart(): void {
    this.#fresh = [];
    this.#ask([...this.#waiters.keys()]);
  }

  close(reason: Error): void {
    const waiting = [...this.#waiters.values()];
    this.#waiters.clear();
    for (const waiters of waiting) for (const waiter of waiters) waiter.reject(reason);
    this.#release();
  }

  #add(id: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(id);
    if (waiters !== undefined) return void waiters.add(waiter);
    this.#waiters.set(id, new Set([waiter]));
    if (this.#fresh.push(id) === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const ids = this.#fresh.filter((id) => this.#waiters.has(id));
    this.#fresh = [];
    this.#ask(ids);
  }

  #ask(ids: readonly string[]): void {
    if (ids.length === 0 || this.#membership.isClosed) return;
    this.#membership.request("wait", { ids }).catch((error: unknown) => this.#onFailure(ids, error));
  }

  /** After the death of a thread its successor is asked; any other failure is the end of the wait. */
  #onFailure(ids: readonly string[], error: unknown): void {
    if (!this.#membership.isUp) return;
    for (const id of ids) {
      const waiters = this.#waiters.get(id) ?? [];
      this.#waiters.delete(id);
      for (const waiter of waiters) waiter.reject(error);
    }
    this.#release();
  }

  #remove(id: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(id);
    if (waiters?.delete(waiter) !== true || waiters.size > 0) return;
    this.#waiters.delete(id);
    this.#membership.tell("unwait", { ids: [id] });
    this.#release();
  }

  #release(): void {
    if (this.#waiters.size > 0) return;
    this.#letGo?.();
    this.#letGo = undefined;
  }
}
