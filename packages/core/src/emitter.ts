/** Typed listeners. An event is a function, called only when somebody listens. */
export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<(event: never) => void>>();
  readonly #onThrown: (event: keyof Events, error: unknown) => void;

  /** `onThrown` is told what a listener throws, which never reaches the one who emits. */
  constructor(onThrown: (event: keyof Events, error: unknown) => void) {
    this.#onThrown = onThrown;
  }

  /** Returns what stops listening. */
  on<E extends keyof Events>(event: E, listener: (event: Events[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Whether anybody listens. */
  hears(event: keyof Events): boolean {
    return (this.#listeners.get(event)?.size ?? 0) > 0;
  }

  emit<E extends keyof Events>(event: E, make: () => Events[E]): void {
    if (!this.hears(event)) return;
    const value = make();
    for (const listener of this.#listeners.get(event) as Set<(event: Events[E]) => void>) {
      try {
        listener(value);
      } catch (error) {
        this.#onThrown(event, error);
      }
    }
  }
}
