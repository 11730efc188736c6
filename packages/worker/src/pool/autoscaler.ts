import type { Autoscale } from "./pool.js";

/** How long jobs wait without room before another child is started for them. */
const PATIENCE_MS = 100;
const DEFAULT_KEEP_ALIVE_MS = 30_000;

export interface AutoscalerOptions extends Autoscale {
  /** How many jobs a child runs at once. */
  readonly perChild: number;
  /** Children that were not needed for so long end. @default 30,000 */
  readonly keepAliveMs?: number | undefined;
  /** How many jobs wait for a child with room. */
  readonly waiting: () => number;
  /** How many jobs the children have, those that wait included. */
  readonly outstanding: () => number;
  readonly size: () => number;
  readonly resize: (size: number) => void;
}

/**
 * Starts children while jobs wait that none has room for, and ends those that were not needed for a while. Its timers run
 * only while jobs may wait, or there are more children than the fewest.
 */
export class Autoscaler {
  readonly #options: AutoscalerOptions;
  #growing: NodeJS.Timeout | undefined;
  #shrinking: NodeJS.Timeout | undefined;
  /** The most jobs at once since the number of children was last looked at. */
  #peak = 0;
  #stopped = false;

  constructor(options: AutoscalerOptions) {
    this.#options = options;
  }

  /** To be called whenever jobs came. */
  watch(): void {
    const { size, max } = this.#options;
    if (this.#stopped) return;
    this.#peak = Math.max(this.#peak, this.#options.outstanding());
    if (size() < max && this.#options.waiting() > 0) this.#growing ??= setTimeout(() => this.#grow(), this.#patienceMs);
    this.#keepAlive();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#growing);
    clearTimeout(this.#shrinking);
  }

  /** n.b. without any child there is nobody to wait for. */
  get #patienceMs(): number {
    return this.#options.size() === 0 ? 0 : PATIENCE_MS;
  }

  #grow(): void {
    this.#growing = undefined;
    const { size, max, perChild } = this.#options;
    const waiting = this.#options.waiting();
    if (waiting === 0) return;
    this.#resize(Math.min(max, size() + Math.ceil(waiting / perChild)));
    this.watch();
  }

  #keepAlive(): void {
    const { size, min, keepAliveMs = DEFAULT_KEEP_ALIVE_MS } = this.#options;
    if (size() > min) this.#shrinking ??= setTimeout(() => this.#shrink(), keepAliveMs);
  }

  #shrink(): void {
    this.#shrinking = undefined;
    const { size, min, perChild, outstanding } = this.#options;
    const needed = Math.max(min, Math.ceil(this.#peak / perChild));
    this.#peak = outstanding();
    if (needed < size()) this.#resize(needed);
    this.#keepAlive();
  }

  #resize(size: number): void {
    if (size !== this.#options.size()) this.#options.resize(size);
  }
}
