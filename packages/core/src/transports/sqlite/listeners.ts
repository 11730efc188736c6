import type { Unlisten } from "../../transport.js";
import type { Membership } from "./membership.js";

type Listener = (message: Uint8Array) => void;

/** Who in this process listens to which topics. */
export class Listeners {
  readonly #membership: Membership;
  readonly #report: (error: Error) => void;
  readonly #listeners = new Map<string, Set<Listener>>();

  constructor(membership: Membership, report: (error: Error) => void) {
    this.#membership = membership;
    this.#report = report;
  }

  async listen(topic: string, onMessage: Listener): Promise<Unlisten> {
    const listener: Listener = (message) => onMessage(message);
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    try {
      await this.#membership.request("listen", { topic });
    } catch (error) {
      this.#remove(topic, listener);
      throw error;
    }
    return async () => this.#remove(topic, listener);
  }

  heard(topic: string, message: Uint8Array): void {
    for (const listener of [...(this.#listeners.get(topic) ?? [])]) {
      try {
        listener(message);
      } catch (error) {
        this.#report(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  restart(): void {
    for (const topic of this.#listeners.keys()) this.#membership.tell("listen", { topic });
  }

  #remove(topic: string, listener: Listener): void {
    const listeners = this.#listeners.get(topic);
    if (listeners?.delete(listener) !== true || listeners.size > 0) return;
    this.#listeners.delete(topic);
    this.#membership.tell("unlisten", { topic });
  }
}
