/** What can be lost to another owner. The signal is made on first use: most are never asked for it. */
export abstract class Losable {
  #isLost = false;
  #controller: AbortController | undefined;

  get isLost(): boolean {
    return this.#isLost;
  }

  get lost(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isLost) this.#controller.abort();
    return this.#controller.signal;
  }

  lose(): void {
    this.#isLost = true;
    this.#controller?.abort();
  }
}
