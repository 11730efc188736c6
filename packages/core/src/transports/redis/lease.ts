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

/** One consumer of one queue as the store knows it, by Redis's own clock. */
export class Lease {
  readonly #options: LeaseOptions;
  #consumer: string;
  #enrolled: Promise<boolean> | undefined;
  #renewedAt = -Infinity;
  /** Takes messages; those who ask for consumers are told of it. */
  isTaking = true;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#consumer = options.createName();
  }

  get consumer(): string {
    return this.#consumer;
  }

  get key(): string {
    return this.#options.keys.lease(this.#consumer);
  }

  get isEnrolled(): boolean {
    return this.#enrolled !== undefined;
  }

  /** Renewed so recently that nobody can have taken over, nor will before an order that is given now arrives. */
  get isFresh(): boolean {
    const { heartbeatMs, leaseMs } = this.#options;
    return this.#age < Math.min(2 * heartbeatMs, leaseMs / 2);
  }

  /** Nobody has renewed it for longer than was agreed. */
  get isNeglected(): boolean {
    return this.#age > 1.5 * this.#options.heartbeatMs;
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

  /** Renews it, also when it is over already and nobody noticed; false when it was reaped. */
  renew(session: Session): Promise<boolean> {
    return this.#ask(session, false);
  }

  /** It was renewed at this time, by `performance.now()`. */
  renewed(at: number): void {
    this.#renewedAt = Math.max(at, this.#renewedAt);
  }

  /** Was reaped: goes on under another name. */
  retire(): void {
    this.#consumer = this.#options.createName();
    this.#enrolled = undefined;
    this.#renewedAt = -Infinity;
  }

  get #age(): number {
    return performance.now() - this.#renewedAt;
  }

  async #ask(session: Session, isNew: boolean): Promise<boolean> {
    const asked = performance.now();
    const { keys, leaseMs } = this.#options;
    const { consumer } = this;
    const reply = await session.script(
      enrol,
      [keys.consumers, keys.lease(consumer)],
      [consumer, leaseMs, isNew ? 1 : 0, this.isTaking ? 1 : 0],
    );
    if (reply === 1 && consumer === this.#consumer) this.renewed(asked);
    return reply === 1;
  }
}
