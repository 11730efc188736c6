import type { ResultRecord } from "../../result-backend.js";

interface Waiter {
  readonly resolve: (record: ResultRecord) => void;
  readonly reject: (reason: unknown) => void;
}

/** Results of own calls that are remembered until somebody asks for them. */
const MAX_EXPECTED = 50_000;
const MAX_KEPT_BYTES = 32 * 1024 * 1024;

/** Who in this process waits for which results, and what came before anybody waited. */
export class Inbox {
  readonly #waiters = new Map<string, Set<Waiter>>();
  /** Ids of own calls whose results are sure to be told here, with those that came. */
  readonly #expected = new Map<string, ResultRecord | undefined>();
  #keptBytes = 0;

  get waiting(): readonly string[] {
    return [...this.#waiters.keys()];
  }

  get isIdle(): boolean {
    return this.#waiters.size === 0;
  }

  isWaitedFor(id: string): boolean {
    return this.#waiters.has(id);
  }

  /** The results of these ids will be told; there is no need to look for them. */
  expect(ids: readonly string[]): void {
    for (const id of ids) this.#expected.set(id, undefined);
    for (const id of this.#expected.keys()) {
      if (this.#expected.size <= MAX_EXPECTED) break;
      this.#forget(id);
    }
  }

  isExpected(id: string): boolean {
    return this.#expected.has(id);
  }

  /** What came already. */
  kept(id: string): ResultRecord | undefined {
    return this.#expected.get(id);
  }

  /** Something may have been missed: nothing is sure any more. */
  expectNothing(): void {
    this.#expected.clear();
    this.#keptBytes = 0;
  }

  wait(id: string, signal: AbortSignal | undefined): Promise<ResultRecord> {
    return new Promise<ResultRecord>((resolve, reject) => {
      const onAbort = (): void => {
        this.#remove(id, waiter);
        reject(signal?.reason);
      };
      const ending =
        <V>(end: (value: V) => void) =>
        (value: V): void => {
          signal?.removeEventListener("abort", onAbort);
          end(value);
        };
      const waiter: Waiter = { resolve: ending(resolve), reject: ending(reject) };
      signal?.addEventListener("abort", onAbort, { once: true });
      const waiters = this.#waiters.get(id);
      if (waiters === undefined) this.#waiters.set(id, new Set([waiter]));
      else waiters.add(waiter);
    });
  }

  serve(record: ResultRecord): void {
    if (this.#expected.has(record.id)) this.#keep(record);
    const waiters = this.#waiters.get(record.id);
    if (waiters === undefined) return;
    this.#waiters.delete(record.id);
    for (const waiter of waiters) waiter.resolve(record);
  }

  fail(ids: readonly string[], reason: unknown): void {
    for (const id of ids) {
      const waiters = this.#waiters.get(id) ?? [];
      this.#waiters.delete(id);
      for (const waiter of waiters) waiter.reject(reason);
    }
  }

  #keep(record: ResultRecord): void {
    this.#forget(record.id);
    if (this.#waiters.has(record.id) || this.#keptBytes + record.body.length > MAX_KEPT_BYTES) return;
    this.#keptBytes += record.body.length;
    this.#expected.set(record.id, record);
  }

  #forget(id: string): void {
    this.#keptBytes -= this.#expected.get(id)?.body.length ?? 0;
    this.#expected.delete(id);
  }

  #remove(id: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(id);
    if (waiters?.delete(waiter) === true && waiters.size === 0) this.#waiters.delete(id);
  }
}
