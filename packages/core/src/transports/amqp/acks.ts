import type { Channel, Message } from "amqplib";

/** Acknowledges on one channel: one frame for all up to the first gap, one for each beyond it. */
export class Acks {
  readonly #channel: Channel;
  readonly #pending = new Set<number>();
  /** Beyond the lowest open tag, acknowledged already. */
  readonly #early = new Set<number>();
  #lowest = 1;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  add(tag: number): void {
    this.#pending.add(tag);
  }

  /** Writes all that was added. Throws when the channel is closed. */
  flush(): void {
    const prefix = this.#advance();
    if (prefix > 0) this.#ack(prefix, true);
    for (const tag of this.#pending) {
      this.#ack(tag, false);
      this.#early.add(tag);
    }
    this.#pending.clear();
  }

  /** Moves the lowest open tag behind what is done; the last one that was not acknowledged yet, or 0. */
  #advance(): number {
    let last = 0;
    for (;;) {
      if (this.#pending.delete(this.#lowest)) last = this.#lowest;
      else if (!this.#early.delete(this.#lowest)) return last;
      this.#lowest++;
    }
  }

  #ack(deliveryTag: number, upTo: boolean): void {
    // n.b. of a message amqplib reads the tag alone
    this.#channel.ack({ fields: { deliveryTag } } as Message, upTo);
  }
}
