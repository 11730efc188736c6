import type { Delivery } from "../../transport.js";
import type { RedisDelivery } from "./delivery.js";

/** One `consume` call: what it was given and how much more it may have. */
export class Taker {
  readonly #onBatch: (batch: readonly Delivery[]) => void;
  readonly #letGo: () => void;
  readonly #given = new Set<RedisDelivery>();
  #credit: number;
  #closed = false;

  constructor(credit: number, onBatch: (batch: readonly Delivery[]) => void, letGo: () => void) {
    this.#credit = credit;
    this.#onBatch = onBatch;
    this.#letGo = letGo;
  }

  get granted(): number {
    return this.#credit;
  }

  get spare(): number {
    return this.#closed ? 0 : Math.max(0, this.#credit - this.#given.size);
  }

  credit(n: number): void {
    this.#credit = n;
  }

  give(batch: readonly RedisDelivery[]): void {
    for (const delivery of batch) this.keep(delivery);
    this.#onBatch(batch);
  }

  keep(delivery: RedisDelivery): void {
    this.#given.add(delivery);
  }

  /** Whether it was given this. */
  drop(delivery: RedisDelivery): boolean {
    return this.#given.delete(delivery);
  }

  close(): void {
    this.#closed = true;
    this.#letGo();
  }
}

/** All `consume` calls of one queue. */
export class Takers {
  #all: readonly Taker[] = [];

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /** How much they may be given. */
  get spare(): number {
    return this.#all.reduce((sum, taker) => sum + taker.spare, 0);
  }

  /** Whether somebody has only a little free credit: more of it may come free soon. */
  get hasLittle(): boolean {
    return this.#all.some((taker) => taker.spare > 0 && taker.spare * 4 < taker.granted);
  }

  add(taker: Taker): void {
    this.#all = [...this.#all, taker];
  }

  /** Stops one of them; more than once is safe. */
  stop(taker: Taker): void {
    if (!this.#all.includes(taker)) return;
    taker.close();
    this.#all = this.#all.filter((one) => one !== taker);
  }

  drop(delivery: RedisDelivery): void {
    for (const taker of this.#all) if (taker.drop(delivery)) return;
  }

  /** It counts as given again. */
  keep(delivery: RedisDelivery): void {
    this.#all[0]?.keep(delivery);
  }

  /** Gives each its share, as far as there is credit; returns what nobody has credit for. */
  distribute(deliveries: readonly RedisDelivery[], report: (error: Error) => void): readonly RedisDelivery[] {
    let left = deliveries;
    const give = (taker: Taker, count: number): void => {
      const batch = left.slice(0, count);
      left = left.slice(count);
      try {
        if (batch.length > 0) taker.give(batch);
      } catch (error) {
        report(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const open = this.#all.filter((taker) => taker.spare > 0);
    for (const [index, taker] of open.entries()) {
      give(taker, Math.min(taker.spare, Math.ceil(left.length / (open.length - index))));
    }
    for (const taker of open) give(taker, Math.min(taker.spare, left.length));
    return left;
  }

  close(): void {
    for (const taker of this.#all) this.stop(taker);
  }
}
