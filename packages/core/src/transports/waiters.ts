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

/** Mostly there is one. */
type OneOrMore<T> = Waiter<T> | Set<Waiter<T>>;

/** Who waits for something about an id. A waiter that is served, aborted or dismissed leaves nothing on its signal. */
export class Waiters<T> {
  readonly #events: WaitersEvents;
  readonly #waiters = new Map<string, OneOrMore<T>>();
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

  /**
   * Tells each value of these ids, all different, as it comes; resolves with the last one. What `told` throws ends the wait, as
   * the signal does.
   */
  collect(ids: readonly string[], told: (value: T) => void, signal?: AbortSignal, owner?: object): Promise<void> {
    return new Promise((resolve, reject) => {
      let open = ids.length;
      const end = (settle: () => void): void => {
        signal?.removeEventListener("abort", onAbort);
        settle();
      };
      const giveUp = (reason: unknown): void => {
        for (const id of ids) this.#remove(id, waiter);
        end(() => reject(reason));
      };
      const onAbort = (): void => giveUp(signal?.reason);
      const onValue = (value: T): void => {
        told(value);
        if (--open === 0) end(resolve);
      };
      const waiter: Waiter<T> = { owner, resolve: guarded(onValue, giveUp), reject: giveUp };
      if (signal?.aborted === true || open === 0) return open === 0 ? resolve() : onAbort();
      signal?.addEventListener("abort", onAbort, { once: true });
      for (const id of ids) this.#add(id, waiter);
    });
  }

  /** Whether somebody waited for it. */
  serve(id: string, value: T): boolean {
    const waiters = this.#take(id);
    if (waiters instanceof Set) for (const waiter of waiters) waiter.resolve(value);
    else waiters?.resolve(value);
    return waiters !== undefined;
  }

  fail(id: string, reason: unknown): void {
    for (const waiter of eachOf(this.#take(id))) waiter.reject(reason);
  }

  /** Rejects all, or all that one owner waits for. */
  dismiss(reason: unknown, owner?: object): void {
    for (const [id, waiters] of this.#waiters) {
      for (const waiter of eachOf(waiters)) {
        if (owner !== undefined && waiter.owner !== owner) continue;
        this.#remove(id, waiter);
        waiter.reject(reason);
      }
    }
  }

  #add(id: string, waiter: Waiter<T>): void {
    this.#letGo ??= this.#events.hold();
    const others = this.#waiters.get(id);
    if (others instanceof Set) return void others.add(waiter);
    this.#waiters.set(id, others === undefined ? waiter : new Set([others, waiter]));
    if (others === undefined) this.#events.wanted?.(id);
  }

  #take(id: string): OneOrMore<T> | undefined {
    const waiters = this.#waiters.get(id);
    if (waiters !== undefined) this.#forget(id);
    return waiters;
  }

  #remove(id: string, waiter: Waiter<T>): void {
    const waiters = this.#waiters.get(id);
    if (waiters instanceof Set ? !waiters.delete(waiter) || waiters.size > 0 : waiters !== waiter) return;
    this.#forget(id);
    this.#events.unwanted?.(id);
  }

  #forget(id: string): void {
    this.#waiters.delete(id);
    if (this.#waiters.size > 0) return;
    this.#letGo?.();
    this.#letGo = undefined;
  }
}

const eachOf = <T>(waiters: OneOrMore<T> | undefined): Iterable<Waiter<T>> =>
  waiters instanceof Set ? waiters : waiters === undefined ? [] : [waiters];

/** What `work` throws goes to `failed`. */
const guarded =
  <T>(work: (value: T) => void, failed: (reason: unknown) => void) =>
  (value: T): void => {
    try {
      work(value);
    } catch (error) {
      failed(error);
    }
  };
