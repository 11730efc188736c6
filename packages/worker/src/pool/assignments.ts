import { monotonicMs } from "./clock.js";
import type { Entry } from "./entry.js";
import type { Job } from "./pool.js";
import { SLOT, Slots } from "./slots.js";

/** How much a thread has to do. */
export interface Load {
  /** Posted to it and not claimed. */
  readonly unclaimed: number;
  /** Claimed and without a verdict. */
  readonly claimed: number;
}

/** Where one batch begins. */
export interface Placed {
  readonly firstKey: number;
  readonly slots: Slots;
  /** Monotonic milliseconds. */
  readonly epoch: number;
}

/** The jobs that were posted to one thread and have no verdict. */
export class Assignments<J extends Job> {
  readonly #entries = new Map<number, Entry<J>>();
  #nextKey = 0;
  #onEmpty: (() => void)[] = [];

  get size(): number {
    return this.#entries.size;
  }

  get entries(): readonly Entry<J>[] {
    return [...this.#entries.values()];
  }

  get load(): Load {
    let unclaimed = 0;
    for (const { place } of this.#entries.values()) if (place!.slots.state(place!.index) === SLOT.free) unclaimed++;
    return { unclaimed, claimed: this.#entries.size - unclaimed };
  }

  /** Gives a batch its keys and slots. */
  place(batch: readonly Entry<J>[]): Placed {
    const slots = Slots.create(batch.length);
    const epoch = monotonicMs();
    const firstKey = this.#nextKey;
    this.#nextKey += batch.length;
    batch.forEach((entry, index) => {
      entry.place = { key: firstKey + index, slots, index, epoch };
      this.#entries.set(firstKey + index, entry);
    });
    return { firstKey, slots, epoch };
  }

  /** Takes back at most `limit` jobs that the thread has not claimed, the latest first. */
  take(limit = Infinity): Entry<J>[] {
    const taken: Entry<J>[] = [];
    for (const entry of this.entries.toReversed()) {
      if (taken.length >= limit) break;
      if (this.takeOne(entry)) taken.push(entry);
    }
    return taken.toReversed();
  }

  /** False when it is not here, or claimed. */
  takeOne(entry: Entry<J>): boolean {
    if (!this.has(entry) || !entry.place!.slots.take(entry.place!.index)) return false;
    this.remove(entry);
    return true;
  }

  has(entry: Entry<J>): boolean {
    return entry.place !== undefined && this.#entries.get(entry.place.key) === entry;
  }

  get(key: number): Entry<J> | undefined {
    return this.#entries.get(key);
  }

  /** What becomes of it in the thread is not listened to any more. */
  remove(entry: Entry<J>): void {
    this.#entries.delete(entry.place!.key);
    entry.place = undefined;
    if (this.#entries.size === 0) for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  /** Resolves when nothing is left. */
  emptied(): Promise<void> {
    if (this.#entries.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onEmpty.push(resolve));
  }
}
