interface Waiter<T> {
  readonly owner: object;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Who waits for something about an id. A waiter that is served, aborted or dismissed leaves nothing on its signal. The
 * process stays alive as long as somebody waits.
 */
export class Waiters<T> {
  readonly #waiters = new Map<string, Set<Waiter<T>>>();
  #keepAlive: NodeJS.Timeout | undefined;

  /** Resolves with the next value for `id`; rejects with the signal's reason, or with that of `dismiss`. */
  wait(id: string, signal: AbortSignal, owner: object): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        this.#remove(id, waiter);
        reject(signal.reason);
      };
      const ending =
        <V>(end: (value: V) => void) =>
        (value: V): void => {
          signal.removeEventListener("abort", onAbort);
          end(value);
        };
      const waiter: Waiter<T> = { owner, resolve: ending(resolve), reject: ending(reject) };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#add(id, waiter);
    });
  }

  serve(id: string, value: T): void {
    const waiters = this.#waiters.get(id);
    if (waiters === undefined) return;
    this.#waiters.delete(id);
    this.#letGo();
    for (const waiter of waiters) waiter.resolve(value);
  }

  /** Rejects all that one owner waits for. */
  dismiss(owner: object, reason: Error): void {
    for (const [id, waiters] of this.#waiters) {
      for (const waiter of waiters) {
        if (waiter.owner !== owner) continue;
        this.#remove(id, waiter);
        waiter.reject(reason);
      }
    }
  }

  #add(id: string, waiter: Waiter<T>): void {
    const waiters = this.#waiters.get(id);
    if (waiters === undefined) this.#waiters.set(id, new Set([waiter]));
    else waiters.add(waiter);
    this.#keepAlive ??= setInterval(() => {}, LONGEST_TIMER_MS);
  }

  #remove(id: string, waiter: Waiter<T>): void {
    const waiters = this.#waiters.get(id);
    if (waiters?.delete(waiter) && waiters.size === 0) this.#waiters.delete(id);
    this.#letGo();
  }

  #letGo(): void {
    if (this.#waiters.size > 0) return;
    clearInterval(this.#keepAlive);
    this.#keepAlive = undefined;
  }
}
