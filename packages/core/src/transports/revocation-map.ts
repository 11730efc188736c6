import type { Revocation } from "../powers.js";
import { ExpiringMap } from "./expiring-map.js";

/** Revocations by their ids, for as long as they hold. */
export class RevocationMap {
  readonly #known: ExpiringMap<Revocation>;

  constructor(now: () => number) {
    this.#known = new ExpiringMap(now);
  }

  /** Whether there may be any. */
  get isEmpty(): boolean {
    return this.#known.size === 0;
  }

  /** What is known of the id already keeps its time and its force. */
  add(revocation: Revocation): void {
    const { id, ttlMs, terminate, children } = revocation;
    const leftMs = this.#known.left(id);
    const before = this.#known.get(id);
    if (before === undefined) return this.#known.set(id, revocation, ttlMs);
    const merged = { id, ttlMs, terminate: terminate || before.terminate, children: children || before.children };
    this.#known.set(id, merged, Math.max(ttlMs, leftMs));
  }

  get(id: string): Revocation | undefined {
    return this.#known.get(id);
  }

  /** All that hold now; `ttlMs` is what is left. */
  all(): Revocation[] {
    return Array.from(this.#known.entries(), ([, revocation, ttlMs]) => ({ ...revocation, ttlMs }));
  }

  dispose(): void {
    this.#known.dispose();
  }
}
