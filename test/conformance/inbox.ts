import type { Delivery, Subscription, Transport } from "@taskgen/core/internal";
import { deferred } from "../support/deferred.js";
import { within } from "../support/within.js";

/** What one consumer was given, in the order it came. */
export class Inbox {
  readonly deliveries: Delivery[] = [];
  readonly #watchers = new Set<() => void>();

  readonly receive = (batch: readonly Delivery[]): void => {
    this.deliveries.push(...batch);
    for (const watcher of this.#watchers) watcher();
  };

  /** All deliveries, once there are `count`. */
  async arrived(count: number): Promise<readonly Delivery[]> {
    const enough = deferred();
    const watcher = (): void => {
      if (this.deliveries.length >= count) enough.resolve();
    };
    this.#watchers.add(watcher);
    watcher();
    try {
      await within(`${count} deliveries`, enough.promise).catch((error: Error) => {
        throw new Error(`${error.message}; there are ${this.deliveries.length}`);
      });
      return [...this.deliveries];
    } finally {
      this.#watchers.delete(watcher);
    }
  }
}

/** A consumer with an inbox. */
export interface Consuming {
  readonly inbox: Inbox;
  readonly subscription: Subscription;
}

export async function consume(transport: Transport, queue: string, credit: number): Promise<Consuming> {
  const inbox = new Inbox();
  return { inbox, subscription: await transport.consume(queue, credit, inbox.receive) };
}

/** A consumer that settles whatever it is given as done. */
export async function consumeAndSettle(transport: Transport, queue: string, credit: number): Promise<Consuming> {
  const inbox = new Inbox();
  const onBatch = (batch: readonly Delivery[]): void => {
    void transport.settle(batch.map((delivery) => ({ delivery, to: "done" })));
    inbox.receive(batch);
  };
  return { inbox, subscription: await transport.consume(queue, credit, onBatch) };
}
