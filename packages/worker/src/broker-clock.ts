import { brokerClock, type Transport } from "@taskgen/core/internal";

/** Two clocks: the broker's, by which messages are due and expire, and that of this machine, by which threads look. */
export class BrokerClock {
  /** Epoch milliseconds, the broker's. */
  readonly now: () => number;
  readonly #local: () => number;

  constructor(transport: Transport, now: () => number) {
    this.now = brokerClock(transport, now);
    this.#local = now;
  }

  /** A time of the broker as this machine's clock shows it. */
  readonly local = (time: number): number => time - (this.now === this.#local ? 0 : this.now() - this.#local());
}
