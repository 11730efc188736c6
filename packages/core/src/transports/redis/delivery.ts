import type { Delivery, Envelope } from "../../transport.js";
import type { StoredMessage } from "./message-format.js";
import type { QueueConsumer } from "./queue-consumer.js";

/** One message as one consumer owns it. */
export class RedisDelivery implements Delivery {
  readonly envelope: Envelope;
  readonly redeliveries: number;
  readonly owner: QueueConsumer;
  /** The consumer's name in the store when it came. */
  readonly consumer: string;
  /** It was moved into the consumer's hand rather than fetched. */
  readonly inHand: boolean;
  /** It was settled, and whether that happened is not known. */
  uncertain = false;
  #isLost = false;
  #controller: AbortController | undefined;

  constructor(
    message: StoredMessage,
    owner: QueueConsumer,
    from: { readonly consumer: string; readonly inHand: boolean },
  ) {
    this.envelope = message.envelope;
    this.redeliveries = message.redeliveries;
    this.owner = owner;
    this.consumer = from.consumer;
    this.inHand = from.inHand;
  }

  get token(): this {
    return this;
  }

  get lost(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isLost) this.#controller.abort();
    return this.#controller.signal;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  lose(): void {
    this.#isLost = true;
    this.#controller?.abort();
  }
}
