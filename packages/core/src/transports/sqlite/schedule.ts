import { LONGEST_TIMER_MS } from "../../timer.js";
import type { Engine } from "./engine.js";

const SAFETY_POLL_MS = 1_000;

/** The one timer of the database thread. It goes by the monotonic clock, so that a step of the machine's clock stops no heartbeat. */
export class Schedule {
  readonly #engine: Engine;
  readonly #enter: (work: () => void) => void;
  #timer: NodeJS.Timeout | undefined;
  #at = Infinity;
  #lastTick = performance.now();

  /** `enter` runs what enters SQLite, and arms this afterwards. */
  constructor(engine: Engine, enter: (work: () => void) => void) {
    this.#engine = engine;
    this.#enter = enter;
  }

  /** Sees to it that the timer fires when something is due. One that would fire earlier is left alone: it looks again then. */
  arm(): void {
    const now = performance.now();
    const delay = this.#untilTick(now);
    if (now + delay >= this.#at - 1) return;
    this.stop();
    this.#at = now + delay;
    this.#timer = setTimeout(() => this.#enter(() => this.#onTimer()), Math.min(delay, LONGEST_TIMER_MS));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#at = Infinity;
  }

  #onTimer(): void {
    this.#at = Infinity;
    if (this.#untilTick(performance.now()) < 1) this.#tick();
  }

  #tick(): void {
    this.#engine.tick();
    // n.b. after it: a database that is locked holds it up for seconds
    this.#lastTick = performance.now();
  }

  #untilTick(now: number): number {
    return this.#engine.untilTick(now - this.#lastTick, SAFETY_POLL_MS);
  }
}
