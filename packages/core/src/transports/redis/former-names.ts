import type { QueueKeys } from "./keys.js";
import { putBack, Reason } from "./reaping.js";
import type { Session } from "./session.js";

/**
 * The names that a consumer gave up and under which it may own messages yet. Whoever else looks after the queue does so by the
 * names that the store knows, and it may have forgotten this one: after FLUSHALL, say.
 */
export class FormerNames {
  readonly #keys: QueueKeys;
  readonly #names = new Set<string>();

  constructor(keys: QueueKeys) {
    this.#keys = keys;
  }

  add(consumer: string): void {
    this.#names.add(consumer);
  }

  /** Puts what they own back, which counts as a redelivery. A name stays until that is confirmed. */
  async putBack(session: Session): Promise<void> {
    for (const consumer of this.#names) {
      await putBack(session, this.#keys, { consumer, reason: Reason.renamed });
      this.#names.delete(consumer);
    }
  }
}
