import type { PutOutcome, ResultRecord } from "../../result-backend.js";

interface Entry {
  readonly record: ResultRecord;
  readonly expiresAt: number;
}

const MAX_RECORDS = 100_000;
const MAX_BYTES = 64 * 1024 * 1024;
/** How many ids are remembered whose records had to go. */
const MAX_DROPPED = 1_000_000;
const SWEEP_MS = 30_000;

/** The first terminal record of each id that came in, for as long as it should be kept; beyond a bound the oldest go. */
export class ReplyStore {
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  readonly #dropped = new Set<string>();
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  put(record: ResultRecord): PutOutcome {
    if (this.get(record.id) !== undefined) return "exists";
    this.#entries.set(record.id, { record, expiresAt: this.#now() + record.ttlMs });
    this.#bytes += record.body.length;
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
    while (this.#entries.size > MAX_RECORDS || (this.#bytes > MAX_BYTES && this.#entries.size > 1)) this.#dropOldest();
    return "stored";
  }

  get(id: string): ResultRecord | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    if (entry.expiresAt > this.#now()) return entry.record;
    this.forget(id);
    return undefined;
  }

  /** Whether there was a record that had to make room for others. */
  wasDropped(id: string): boolean {
    return this.#dropped.has(id);
  }

  forget(id: string): void {
    this.#dropped.delete(id);
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#bytes -= entry.record.body.length;
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#entries.clear();
  }

  #dropOldest(): void {
    const [id] = this.#entries.keys();
    this.forget(id!);
    this.#dropped.add(id!);
    const [oldest] = this.#dropped;
    if (this.#dropped.size > MAX_DROPPED) this.#dropped.delete(oldest!);
  }

  #sweep(): void {
    const now = this.#now();
    for (const [id, { expiresAt }] of this.#entries) if (expiresAt <= now) this.forget(id);
  }
}
