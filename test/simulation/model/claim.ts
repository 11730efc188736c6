import type { Delivery, Envelope, Settlement } from "@taskgen/core/internal";
import type { Mutant } from "../mutants.js";

/** A message as the broker keeps it. */
export interface Message {
  readonly number: number;
  readonly envelope: Envelope;
  readonly redeliveries: number;
}

/** A connection as the broker knows it. */
export interface Session {
  readonly name: string;
  /** It does not own this any more. */
  readonly lost: (claim: Claim) => void;
}

/** Who takes from a queue. */
export interface Consumer {
  readonly session: Session;
  readonly queue: string;
  credit: number;
  owned: number;
  readonly deliver: (batch: readonly Claim[]) => void;
}

/** One period of ownership. */
export class Claim {
  readonly number: number;
  readonly message: Message;
  readonly consumer: Consumer;
  readonly session: Session;
  /** What its owner made of it. */
  settledTo: Settlement["to"] | undefined;

  constructor(of: {
    readonly number: number;
    readonly message: Message;
    readonly consumer: Consumer;
    readonly session: Session;
  }) {
    this.number = of.number;
    this.message = of.message;
    this.consumer = of.consumer;
    this.session = of.session;
  }
}

/** A claim as its owner sees it, who learns only later that it is lost. The signal is made on first use. */
export class ModelDelivery implements Delivery {
  readonly token: Claim;
  readonly redeliveries: number;
  #isLost = false;
  #controller: AbortController | undefined;

  constructor(claim: Claim, mutant: Mutant | undefined) {
    this.token = claim;
    this.redeliveries = mutant === "death-not-told" ? 0 : claim.message.redeliveries;
  }

  get envelope(): Envelope {
    return this.token.message.envelope;
  }

  get lost(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isLost) this.#controller.abort();
    return this.#controller.signal;
  }

  lose(): void {
    this.#isLost = true;
    this.#controller?.abort();
  }
}
