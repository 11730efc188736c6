/** Counts results, for who waits for the last of them. */
export class Tally {
  #expected = 0;
  #count = 0;
  #sum = 0;
  #wake = (): void => {};

  /** The next `n` are those of the calls `0 + 1` to `n - 1 + 1`. */
  readonly expect = (n: number): void => {
    this.#expected = n;
    this.#count = 0;
    this.#sum = 0;
  };

  readonly note = (value: number): void => {
    this.#sum += value;
    if (++this.#count === this.#expected) this.#wake();
  };

  /** Resolves when all that were expected are there. */
  readonly finished = async (): Promise<void> => {
    if (this.#count < this.#expected) await new Promise<void>((resolve) => (this.#wake = resolve));
    const right = (this.#expected * (this.#expected + 1)) / 2;
    if (this.#sum !== right) throw new Error(`the results sum up to ${this.#sum} instead of ${right}`);
  };
}
