import { keepAlive } from "../keep-alive.js";
import type { NewsReader } from "./news.js";

/** Who looks again whenever something about an id has changed. The process stays alive as long as somebody does. */
export class Bells implements NewsReader {
  readonly #bells = new Map<string, Set<Bell>>();
  #closed: Error | undefined;

  readonly told = (ids: readonly string[]): void => {
    for (const id of ids) for (const bell of this.#bells.get(id) ?? []) bell.ring();
  };

  readonly resumed = (): void => this.told([...this.#bells.keys()]);

  /** What `read` finds, again and again: nothing means that there is nothing now. Ends with the signal, or throws when closed. */
  async *follow<T>(
    id: string,
    signal: AbortSignal,
    read: () => Promise<T | undefined>,
  ): AsyncGenerator<T, void, undefined> {
    const bell = this.#add(id, signal);
    try {
      while (!signal.aborted) {
        bell.reset();
        const found = await read().catch((error: unknown) => {
          if (!signal.aborted) throw error;
          return undefined;
        });
        if (this.#closed !== undefined) throw this.#closed;
        if (found === undefined) await bell.rung();
        else if (!signal.aborted) yield found;
      }
    } finally {
      this.#remove(id, bell);
    }
  }

  /** The first thing that `read` finds. Rejects with the signal's reason. */
  async first<T>(id: string, signal: AbortSignal, read: () => Promise<T | undefined>): Promise<T> {
    for await (const found of this.follow(id, signal, read)) return found;
    throw signal.reason;
  }

  close(reason: Error): void {
    this.#closed = reason;
    this.resumed();
  }

  #add(id: string, signal: AbortSignal): Bell {
    const bell = new Bell(signal);
    const bells = this.#bells.get(id);
    if (bells === undefined) this.#bells.set(id, new Set([bell]));
    else bells.add(bell);
    return bell;
  }

  #remove(id: string, bell: Bell): void {
    bell.dispose();
    const bells = this.#bells.get(id);
    if (bells?.delete(bell) === true && bells.size === 0) this.#bells.delete(id);
  }
}

/** Wakes one loop: a ring since the last `reset` counts. */
class Bell {
  readonly #signal: AbortSignal;
  readonly #letGo = keepAlive();
  #isRung = false;
  #wake: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", this.ring, { once: true });
  }

  readonly ring = (): void => {
    this.#isRung = true;
    this.#wake?.();
  };

  reset(): void {
    this.#isRung = false;
  }

  async rung(): Promise<void> {
    if (this.#isRung || this.#signal.aborted) return;
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  dispose(): void {
    this.#letGo();
    this.#signal.removeEventListener("abort", this.ring);
  }
}
