/** Wakes one that waits: at a ring, of which it remembers one, or at the end of a signal, with its reason. */
export class WakeUp {
  readonly #signals: readonly AbortSignal[];
  #isRung = false;
  #wake: (() => void) | undefined;

  constructor(signals: readonly AbortSignal[]) {
    this.#signals = signals;
    for (const signal of signals) signal.addEventListener("abort", this.ring, { once: true });
  }

  readonly ring = (): void => {
    this.#isRung = true;
    this.#wake?.();
  };

  /** Resolves at the next ring, or at once after one that nobody waited for; rejects with the signal's reason. */
  async rung(): Promise<void> {
    if (!this.#isRung) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#isRung = false;
    this.#wake = undefined;
    for (const signal of this.#signals) signal.throwIfAborted();
  }

  dispose(): void {
    for (const signal of this.#signals) signal.removeEventListener("abort", this.ring);
  }
}
