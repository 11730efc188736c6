import type { Message } from "amqplib";
import type { Parcel } from "./outbox.js";

/** Messages on their way at once: with more, amqplib's bookkeeping of confirms costs more than it gains. */
const MAX_PARCELS = 500;
const MAX_BYTES = 16 * 1024 * 1024;

/** What was written and has no publisher confirm yet. */
export class Window {
  readonly #parcels = new Set<Parcel>();
  #bytes = 0;

  get size(): number {
    return this.#parcels.size;
  }

  get isFull(): boolean {
    return this.#parcels.size >= MAX_PARCELS || this.#bytes >= MAX_BYTES;
  }

  get isHalfFree(): boolean {
    return this.#parcels.size <= MAX_PARCELS / 2;
  }

  add(parcel: Parcel): void {
    this.#parcels.add(parcel);
    this.#bytes += parcel.publication.body.length;
  }

  delete(parcel: Parcel): void {
    if (this.#parcels.delete(parcel)) this.#bytes -= parcel.publication.body.length;
  }

  /** Marks what the broker sent back. n.b. it is confirmed all the same, right after. */
  markReturned({ fields, properties }: Message): void {
    for (const parcel of this.#parcels) {
      const { exchange, key, properties: sent } = parcel.publication;
      if (parcel.wasReturned || sent.messageId !== properties.messageId) continue;
      if (key !== fields.routingKey || exchange !== fields.exchange) continue;
      parcel.wasReturned = true;
      return;
    }
  }

  [Symbol.iterator](): Iterator<Parcel> {
    return this.#parcels.values();
  }
}
