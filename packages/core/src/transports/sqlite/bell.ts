/** Wakes one that waits; remembers one ring. The end of a signal rings too. */
export class Bell {
  readonly #signal: AbortSignal;
  readonly #onAbort = (): void => this.ring();
  #isRung = false;
  #wake: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  ring(): void {
    this.#isRung = true;
    this.#wake?.();
  }

  /** Resolves at the next ring, or at once after one that nobody waited for. */
  async rung(): Promise<void> {
    if (!this.#isRung) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#isRung = false;
    this.#wake = undefined;
  }

  dispose(): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
  }
}
