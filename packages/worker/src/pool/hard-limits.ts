import { LONGEST_TIMER_MS } from "@taskgen/core/internal";
import { monotonicMs } from "./clock.js";
import { runtimeOf, type Entry } from "./entry.js";
import type { Job } from "./pool.js";

const MIN_TIMER_MS = 5;

/** Watches the jobs that have a time limit by the starts in their slots. Its timer runs only while there are such jobs. */
export class HardLimits<J extends Job> {
  readonly #watched = new Set<Entry<J>>();
  readonly #onExceeded: (entry: Entry<J>) => void;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = Infinity;

  constructor(onExceeded: (entry: Entry<J>) => void) {
    this.#onExceeded = onExceeded;
  }

  watch(entry: Entry<J>): void {
    if (entry.job.timeLimitMs === undefined) return;
    this.#watched.add(entry);
    this.#schedule(entry.job.timeLimitMs);
  }

  forget(entry: Entry<J>): void {
    if (this.#watched.delete(entry) && this.#watched.size === 0) this.stop();
  }

  stop(): void {
    this.#watched.clear();
    this.#cancel();
  }

  /** To be called when it has become known that jobs began. */
  check(): void {
    if (this.#watched.size === 0) return;
    this.#cancel();
    for (const entry of [...this.#watched]) {
      const leftMs = entry.job.timeLimitMs! - runtimeOf(entry);
      if (leftMs > 0) this.#schedule(leftMs);
      else if (this.#watched.delete(entry)) this.#onExceeded(entry);
    }
  }

  #schedule(inMs: number): void {
    const due = monotonicMs() + inMs;
    if (due >= this.#dueMs) return;
    clearTimeout(this.#timer);
    this.#dueMs = due;
    this.#timer = setTimeout(() => this.check(), Math.min(Math.max(MIN_TIMER_MS, Math.ceil(inMs)), LONGEST_TIMER_MS));
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#dueMs = Infinity;
  }
}
