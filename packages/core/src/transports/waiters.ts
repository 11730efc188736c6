interface Waiter<T> {
  readonly owner: object | undefined;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

/** What `Waiters` tells its owner. */
export interface WaitersEvents {
  /** Somebody waits for an id that nobody waited for. */
  readonly wanted?: (id: string) => void;
  /** All who waited for an id gave up. */
  readonly unwanted?: (id: string) => void;
  /** Somebody waits where nobody did; returns what undoes it when nobody waits any more. Keeps the process alive, say. */
  readonly hold: () => () => void;
}

/** Who waits for something about an id. A waiter that is served, aborted or dismissed leaves nothing on its signal. */
export class Waiters<T> {
  readonly #events: WaitersEvents;
  readonly #waiters = new Map<string, Set<Waiter<T>>>();
  #letGo: (() => void) | undefined;

  constructor(events: WaitersEvents) {
    this.#events = events;
  }

  get ids(): string[] {
    return [...this.#waiters.keys()];
  }

  has(id: string): boolean {
    return this.#waiters.has(id);
  }

  /** The next value for `id`; rejects with the signal's reason, or with that of `fail` or `dismiss`. */
  wait(id: string, signal?: AbortSignal, owner?: object): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal === undefined) return this.#add(id, { owner, resolve, reject });
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

  /** The same without a signal, which costs more than the wait; `cancel` gives it up. */
  expect(id: string): { readonly record: Promise<T>; readonly cancel: (reason: unknown) => void } {
    let cancel: ((reason: unknown) => void) | undefined;
    const record = new Promise<T>((resolve, reject) => {
      const waiter: Waiter<T> = { owner: undefined, resolve, reject };
      cancel = (reason) => {
        this.#remove(id, waiter);
        reject(reason);
      };
      this.#add(id, waiter);
    });
    return { record, cancel: cancel! };
  }

  serve(id: string, value: T): void {
    for (const waiter of this.#take(id)) waiter.resolve(value);
  }

  fail(id: string, reason: unknown): void {
    for (const waiter of this.#take(id)) waiter.reject(reason);
  }

  /** Rejects all, or all that one owner waits for. */
  dismiss(reason: unknown, owner?: object): void {
    for (const [id, waiters] of this.#waiters) {
      for (const waiter of waiters) {
        if (owner !== undefined && waiter.owner !== owner) continue;
        this.#remove(id, waiter);
        waiter.reject(reason);
      }
    }
  }

  #add(id: string, waiter: Waiter<T>): void {
    this.#letGo ??= this.#events.hold();
    const waiters = this.#waiters.get(id);
    if (waiters !== undefined) return void waiters.add(waiter);
    this.#waiters.set(id, new Set([waiter]));
    this.#events.wanted?.(id);
  }

  #take(id: string): Iterable<Waiter<T>> {
    const waiters = this.#waiters.get(id);
    if (waiters === undefined) return [];
    this.#waiters.delete(id);
    this.#release();
    return waiters;
  }

  #remove(id: string, waiter: Waiter<T>): void {
    const waiters = this.#waiters.get(id);
    if (waiters?.delete(waiter) !== true || waiters.size > 0) return;
    this.#waiters.delete(id);
    this.#events.unwanted?.(id);
    this.#release();
  }

  #release(): void {
    if (this.#waiters.size > 0) return;
    this.#letGo?.();
    this.#letGo = undefined;
  }
}
