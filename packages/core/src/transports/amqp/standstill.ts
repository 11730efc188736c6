const LOOKS_PER_LIMIT = 4;

export interface StandstillOptions {
  /** From how many milliseconds on it counts. */
  readonly limitMs: number;
  /** A clock that goes on while the machine sleeps. */
  readonly now: () => number;
}

/** Notices when this process stood still: it or its machine was stopped, or its event loop was blocked. */
export class Standstill {
  readonly #limitMs: number;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #seen = { monotonic: 0, wall: 0 };
  #happened = false;

  constructor({ limitMs, now }: StandstillOptions) {
    this.#limitMs = limitMs;
    this.#now = now;
  }

  /** Begins to watch; does not keep the process alive. */
  watch(): void {
    if (this.#timer !== undefined) return;
    this.#seen = this.#clocks();
    this.#timer = setInterval(() => this.#look(), this.#limitMs / LOOKS_PER_LIMIT).unref();
  }

  /** Whether it happened since this was asked last. */
  happened(): boolean {
    if (this.#timer === undefined) return false;
    this.#look();
    const happened = this.#happened;
    this.#happened = false;
    return happened;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const [before, now] = [this.#seen, this.#clocks()];
    this.#seen = now;
    if (Math.max(now.monotonic - before.monotonic, now.wall - before.wall) > this.#limitMs) this.#happened = true;
  }

  #clocks(): { readonly monotonic: number; readonly wall: number } {
    return { monotonic: performance.now(), wall: this.#now() };
  }
}
