import type { Delivery, Subscription } from "../../transport.js";
import { Claim, type Claimant, type StoredMessage } from "./stored-message.js";

/** The transport a consumer belongs to. */
export interface ConsumerOwner {
  /** Tells of an error that no pending call can report. */
  report(error: Error): void;
}

export interface ConsumerOptions {
  readonly owner: ConsumerOwner;
  readonly credit: number;
  readonly onBatch: (batch: readonly Delivery[]) => void;
  /** Credit came free. */
  readonly wake: () => void;
  readonly leave: (consumer: Consumer) => void;
}

/** One `consume` call: takes messages as long as it has credit. */
export class Consumer implements Subscription, Claimant {
  readonly owner: ConsumerOwner;
  readonly #options: ConsumerOptions;
  #credit: number;
  #owned = 0;
  #stopped = false;

  constructor(options: ConsumerOptions) {
    this.owner = options.owner;
    this.#options = options;
    this.#credit = options.credit;
  }

  /** How many more messages it may own now. */
  get spare(): number {
    return this.#stopped ? 0 : Math.max(0, this.#credit - this.#owned);
  }

  credit(n: number): void {
    this.#credit = n;
    this.#options.wake();
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#options.leave(this);
    return Promise.resolve();
  }

  settled(): void {
    this.#owned--;
    this.#options.wake();
  }

  /** Hands over messages that it owns from now on. */
  push(messages: readonly StoredMessage[]): void {
    this.#owned += messages.length;
    try {
      this.#options.onBatch(messages.map((message) => new Claim(message, this)));
    } catch (error) {
      this.owner.report(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
