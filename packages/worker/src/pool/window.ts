import type { Assignments } from "./assignments.js";
import { monotonicMs } from "./clock.js";
import type { Entry } from "./entry.js";
import type { Job } from "./pool.js";
import type { Status } from "./sentinel-protocol.js";

/** Jobs with consecutive keys, the first of which is `firstKey`. */
export interface Run<J extends Job> {
  readonly firstKey: number;
  readonly entries: readonly Entry<J>[];
}

interface Sent<J extends Job> {
  readonly entry: Entry<J>;
  readonly sentMs: number;
  /** It is known when it began. */
  hasBegun: boolean;
}

/** The jobs that a process was sent, never more than it runs at once, and those that it was given and are to be sent. */
export class Window<J extends Job> {
  readonly #assigned: Assignments<J>;
  readonly #capacity: number;
  readonly #sent = new Map<number, Sent<J>>();
  /** Their slots in the process are free meanwhile. */
  readonly #joining = new Set<number>();
  #unsent: { readonly key: number; readonly entry: Entry<J> }[] = [];
  #next = 0;
  #count = 0;

  constructor(assigned: Assignments<J>, capacity: number) {
    this.#assigned = assigned;
    this.#capacity = capacity;
  }

  /** How many jobs were sent in all. */
  get count(): number {
    return this.#count;
  }

  add(entries: readonly Entry<J>[]): void {
    for (const entry of entries) this.#unsent.push({ key: entry.place!.key, entry });
  }

  joining(key: number, waiting: boolean): void {
    if (waiting) this.#joining.add(key);
    else this.#joining.delete(key);
  }

  /** Claims jobs for the process while it has room. */
  claim(): readonly Run<J>[] {
    let room = this.#room();
    const runs: { firstKey: number; entries: Entry<J>[] }[] = [];
    for (; room > 0 && this.#next < this.#unsent.length; this.#next++) {
      const { key, entry } = this.#unsent[this.#next]!;
      if (!this.#claimOne(key, entry)) continue;
      const last = runs.at(-1);
      if (last !== undefined && last.firstKey + last.entries.length === key) last.entries.push(entry);
      else runs.push({ firstKey: key, entries: [entry] });
      room--;
    }
    if (this.#next === this.#unsent.length) {
      this.#unsent = [];
      this.#next = 0;
    }
    return runs;
  }

  /** Whether there are jobs that were sent so long ago and are not known to have begun. */
  isUncertain(afterMs: number): boolean {
    const before = monotonicMs() - afterMs;
    this.#prune();
    for (const { hasBegun, sentMs } of this.#sent.values()) if (!hasBegun && sentMs <= before) return true;
    return false;
  }

  /** Whether jobs are under way whose beginning may become of interest. */
  get isWatched(): boolean {
    return this.isUncertain(0);
  }

  /** Notes when jobs began; false when nothing new is in it. */
  note({ running }: Status): boolean {
    let isNew = false;
    for (const [key, ageMs] of running) {
      const sent = this.#sent.get(key);
      if (sent === undefined || sent.hasBegun || this.#assigned.get(key) !== sent.entry) continue;
      const { slots, index, epoch } = sent.entry.place!;
      slots.began(index, monotonicMs() - ageMs - epoch);
      isNew = sent.hasBegun = true;
    }
    return isNew;
  }

  #room(): number {
    this.#prune();
    return this.#capacity - (this.#sent.size - this.#joining.size);
  }

  /** n.b. false for what was taken back since it was given. */
  #claimOne(key: number, entry: Entry<J>): boolean {
    if (this.#assigned.get(key) !== entry || !entry.place!.slots.claimFor(entry.place!.index)) return false;
    this.#sent.set(key, { entry, sentMs: monotonicMs(), hasBegun: false });
    this.#count++;
    return true;
  }

  /** Forgets those that ended or were given back. */
  #prune(): void {
    for (const [key, { entry }] of this.#sent) {
      if (this.#assigned.get(key) === entry) continue;
      this.#sent.delete(key);
      this.#joining.delete(key);
    }
  }
}
