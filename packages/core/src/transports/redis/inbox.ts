import type { ResultRecord } from "../../result-backend.js";
import { keepAlive } from "../keep-alive.js";
import { Waiters } from "../waiters.js";

/** Results of own calls that are remembered until somebody asks for them. */
const MAX_EXPECTED = 50_000;
const MAX_KEPT_BYTES = 32 * 1024 * 1024;

/**
 * Who in this process waits for which results, and what came before anybody waited. The process stays alive as long as somebody
 * waits.
 */
export class Inbox {
  readonly #waiters = new Waiters<ResultRecord>({ hold: keepAlive });
  /** Ids of own calls whose results are sure to be told here, with those that came. */
  readonly #expected = new Map<string, ResultRecord | undefined>();
  #keptBytes = 0;

  get waiting(): readonly string[] {
    return this.#waiters.ids;
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
    return this.#waiters.wait(id, signal);
  }

  /** The same for many. */
  collect(ids: readonly string[], told: (record: ResultRecord) => void, signal?: AbortSignal): Promise<void> {
    return this.#waiters.collect(ids, told, signal);
  }

  serve(record: ResultRecord): void {
    if (this.#waiters.serve(record.id, record)) this.#forget(record.id);
    else if (this.#expected.has(record.id)) this.#keep(record);
  }

  fail(ids: readonly string[], reason: unknown): void {
    for (const id of ids) this.#waiters.fail(id, reason);
  }

  #keep(record: ResultRecord): void {
    this.#forget(record.id);
    if (this.#keptBytes + record.body.length > MAX_KEPT_BYTES) return;
    this.#keptBytes += record.body.length;
    this.#expected.set(record.id, record);
  }

  #forget(id: string): void {
    this.#keptBytes -= this.#expected.get(id)?.body.length ?? 0;
    this.#expected.delete(id);
  }
}
