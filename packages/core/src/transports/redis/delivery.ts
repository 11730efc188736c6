import type { Delivery, Envelope } from "../../transport.js";
import { Losable } from "../losable.js";
import type { StoredMessage } from "./message-format.js";
import type { QueueConsumer } from "./queue-consumer.js";

/** One message as one consumer owns it. */
export class RedisDelivery extends Losable implements Delivery {
  readonly envelope: Envelope;
  readonly redeliveries: number;
  readonly owner: QueueConsumer;
  /** The consumer's name in the store when it came. */
  readonly consumer: string;
  /** It was moved into the consumer's hand rather than fetched. */
  readonly inHand: boolean;
  /** It was settled, and whether that happened is not known. */
  uncertain = false;

  constructor(
    message: StoredMessage,
    owner: QueueConsumer,
    from: { readonly consumer: string; readonly inHand: boolean },
  ) {
    super();
    this.envelope = message.envelope;
    this.redeliveries = message.redeliveries;
    this.owner = owner;
    this.consumer = from.consumer;
    this.inHand = from.inHand;
  }

  get token(): this {
    return this;
  }
}
