/** How long nothing must have come. */
const CALM_MS = 500;

/** Tells whether messages come. */
export class Calm {
  readonly #onCalm: () => void;
  #cameAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** @param onCalm called when calm that was waited for is there. */
  constructor(onCalm: () => void) {
    this.#onCalm = onCalm;
  }

  /** Nothing has come for a while. */
  get isThere(): boolean {
    return this.#left <= 0;
  }

  get isAwaited(): boolean {
    return this.#timer !== undefined;
  }

  /** Messages came. */
  came(): void {
    this.#cameAt = performance.now();
  }

  /** Waits for it. */
  wait(): void {
    this.#timer ??= setTimeout(() => this.#look(), Math.max(this.#left, 1)).unref();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get #left(): number {
    return this.#cameAt + CALM_MS - performance.now();
  }

  #look(): void {
    this.end();
    if (this.isThere) this.#onCalm();
    else this.wait();
  }
}
