/** Receives broadcasts. */
export type TopicListener = (message: Uint8Array) => void;

/** Broadcasts: at most once, to who listens at that moment. */
export class Topics {
  readonly #listeners = new Map<string, Set<TopicListener>>();

  add(topic: string, listener: TopicListener): void {
    const listeners = this.#listeners.get(topic);
    if (listeners === undefined) this.#listeners.set(topic, new Set([listener]));
    else listeners.add(listener);
  }

  remove(topic: string, listener: TopicListener): void {
    const listeners = this.#listeners.get(topic);
    if (listeners?.delete(listener) && listeners.size === 0) this.#listeners.delete(topic);
  }

  publish(topic: string, message: Uint8Array): void {
    for (const listener of this.#listeners.get(topic) ?? []) {
      setImmediate(() => {
        if (this.#listeners.get(topic)?.has(listener)) listener(message);
      });
    }
  }
}
