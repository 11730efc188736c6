const SWEEP_MS = 30_000;

interface Entry<V> {
  readonly value: V;
  readonly expiresAt: number;
}

/** A map whose entries end: at once for who reads, and for the memory they take at the next sweep. */
export class ExpiringMap<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAt > this.#now()) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** n.b. those that have ended count until the next sweep. */
  get size(): number {
    return this.#entries.size;
  }

  /** Key, value, and how long it has left, in milliseconds. */
  *entries(): Iterable<readonly [key: string, value: V, leftMs: number]> {
    const now = this.#now();
    for (const [key, { value, expiresAt }] of this.#entries) {
      if (expiresAt > now) yield [key, value, expiresAt - now];
    }
  }

  /** How long an entry has left, in milliseconds; 0 when there is none. */
  left(key: string): number {
    return Math.max(0, (this.#entries.get(key)?.expiresAt ?? 0) - this.#now());
  }

  set(key: string, value: V, ttlMs: number): void {
    this.#entries.set(key, { value, expiresAt: this.#now() + ttlMs });
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#entries.clear();
  }

  #sweep(): void {
    const now = this.#now();
    for (const [key, entry] of this.#entries) {
      if (entry.expiresAt <= now) this.#entries.delete(key);
    }
    if (this.#entries.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
