import type { Session } from "./session.js";

/** Tells a server of the queues that this process uses, each once: those are the ones that `depths` counts. */
export class KnownQueues {
  readonly #key: string;
  readonly #told = new WeakMap<Session, Set<string>>();

  /** `key`: the set of names. */
  constructor(key: string) {
    this.#key = key;
  }

  async declare(session: Session, queues: readonly string[]): Promise<void> {
    await session.call("sadd", this.#key, ...queues);
    for (const queue of queues) this.#toldOf(session).add(queue);
  }

  /**
   * Travels together with what is called in the same tick, and ahead of it. n.b. never fails: a count that misses a queue is
   * no reason to refuse a message; the next call tells it again.
   */
  note(session: Session, queue: string): void {
    const told = this.#toldOf(session);
    if (told.has(queue)) return;
    told.add(queue);
    session.call("sadd", this.#key, queue).catch(() => told.delete(queue));
  }

  /** n.b. for as long as a session: a server that was started anew may have forgotten. */
  #toldOf(session: Session): Set<string> {
    const known = this.#told.get(session);
    if (known !== undefined) return known;
    const told = new Set<string>();
    this.#told.set(session, told);
    return told;
  }
}
