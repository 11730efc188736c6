import { ANYTHING, type Swap } from "../registers.js";
import { ExpiringMap } from "./expiring-map.js";

/** Registers by their keys, for as long as they hold something. */
export class RegisterMap {
  readonly #texts: ExpiringMap<string>;

  constructor(now: () => number) {
    this.#texts = new ExpiringMap(now);
  }

  /** Makes one swap; returns what the register holds then. */
  swap({ key, expected, next, ttlMs }: Swap): string | undefined {
    const held = this.#texts.get(key);
    if (expected !== ANYTHING && held !== expected) return held;
    if (next === undefined) this.#texts.delete(key);
    else this.#texts.set(key, next, ttlMs);
    return next;
  }

  dispose(): void {
    this.#texts.dispose();
  }
}
