type Listener = (message: Uint8Array) => void;

/** Broadcasts, to who listens at that moment. */
export class ModelTopics {
  readonly #listeners = new Map<string, Set<Listener>>();

  broadcast(topic: string, message: Uint8Array): void {
    for (const listener of this.#listeners.get(topic) ?? []) listener(message);
  }

  listen(topic: string, listener: Listener): void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
  }

  unlisten(topic: string, listener: Listener): void {
    this.#listeners.get(topic)?.delete(listener);
  }
}
