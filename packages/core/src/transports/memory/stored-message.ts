import { Losable } from "../losable.js";
import type { Delivery, Envelope } from "../../transport.js";

/** A message as the broker keeps it: waiting, delayed, or owned while it has a claim. */
export class StoredMessage {
  envelope: Envelope;
  /** The order in which messages came, to tell equal due times apart. */
  seq: number;
  redeliveries = 0;
  claim: Claim | undefined;
  /** The message behind this one in its ready list. */
  next: StoredMessage | undefined;

  constructor(envelope: Envelope, seq: number) {
    this.envelope = envelope;
    this.seq = seq;
  }
}

/** Who holds claims. */
export interface Claimant {
  /** The transport it belongs to, by identity. */
  readonly owner: object;
  /** One of its claims ended. */
  settled(): void;
}

/** One period of ownership. It is valid as long as its message names it. */
export class Claim extends Losable implements Delivery {
  readonly envelope: Envelope;
  readonly redeliveries: number;
  readonly message: StoredMessage;
  readonly claimant: Claimant;

  constructor(message: StoredMessage, claimant: Claimant) {
    super();
    this.envelope = message.envelope;
    this.redeliveries = message.redeliveries;
    this.message = message;
    this.claimant = claimant;
    message.claim = this;
  }

  get token(): this {
    return this;
  }
}
