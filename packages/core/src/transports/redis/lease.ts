import type { QueueKeys } from "./keys.js";
import { enrol } from "./scripts.js";
import type { Session } from "./session.js";

export interface LeaseOptions {
  readonly keys: QueueKeys;
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  /** A new name for a consumer. */
  readonly createName: () => string;
}

/**
 * One consumer of one queue as the store knows it, by Redis's own clock. It is renewed from the main event loop: with the
 * pools `threads` and `processes` no task can block that; with `inline` a task that blocks it for longer than the lease
 * loses its messages to another worker.
 */
export class Lease {
  readonly #options: LeaseOptions;
  #consumer: string;
  #enrolled: Promise<boolean> | undefined;
  #renewedAt = -Infinity;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#consumer = options.createName();
  }

  get consumer(): string {
    return this.#consumer;
  }

  get isEnrolled(): boolean {
    return this.#enrolled !== undefined;
  }

  /** Renewed so recently that nobody can have taken over, nor will before an order that is given now arrives. */
  get isFresh(): boolean {
    return performance.now() - this.#renewedAt < Math.min(2 * this.#options.heartbeatMs, this.#options.leaseMs / 2);
  }

  /** Becomes a consumer unless it is one. */
  async enrol(session: Session): Promise<void> {
    this.#enrolled ??= this.#ask(session, true);
    try {
      await this.#enrolled;
    } catch (error) {
      this.#enrolled = undefined;
      throw error;
    }
  }

  /** False when it was reaped. */
  async renew(session: Session): Promise<boolean> {
    const asked = performance.now();
    const { keys, leaseMs } = this.#options;
    const reply = await session.call("set", keys.lease(this.#consumer), 1, "XX", "PX", leaseMs);
    if (reply === null) return this.#ask(session, false);
    this.#renewedAt = asked;
    return true;
  }

  /** Was reaped: goes on under another name. */
  retire(): void {
    this.#consumer = this.#options.createName();
    this.#enrolled = undefined;
    this.#renewedAt = -Infinity;
  }

  async #ask(session: Session, isNew: boolean): Promise<boolean> {
    const asked = performance.now();
    const { keys, leaseMs } = this.#options;
    const reply = await session.script(
      enrol,
      [keys.consumers, keys.lease(this.#consumer)],
      [this.#consumer, leaseMs, isNew ? 1 : 0],
    );
    if (reply === 1) this.#renewedAt = asked;
    return reply === 1;
  }
}
