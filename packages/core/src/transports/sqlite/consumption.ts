import type { Finish } from "../../powers.js";
import type { TransportError } from "../../errors.js";
import type { Delivery, SettleOutcome, Subscription } from "../../transport.js";
import { transferBatch, unpackRows, type Batch } from "./columns.js";
import { OwnedDelivery } from "./delivery.js";
import type { Membership } from "./membership.js";
import type { Push } from "./protocol.js";
import { ownedOf, settleColumns } from "./settle-columns.js";

interface Consumer {
  readonly queue: string;
  credit: number;
  readonly onBatch: (batch: readonly Delivery[]) => void;
  readonly release: () => void;
}

/** What a transport consumes, and the deliveries it owns. */
export class Consumption {
  readonly #membership: Membership;
  readonly #check: (id: string, body: Uint8Array) => TransportError | undefined;
  readonly #report: (error: Error) => void;
  readonly #consumers = new Map<number, Consumer>();
  readonly #owned = new Set<OwnedDelivery>();
  #lastSubscription = 0;

  constructor(
    membership: Membership,
    check: (id: string, body: Uint8Array) => TransportError | undefined,
    report: (error: Error) => void,
  ) {
    this.#membership = membership;
    this.#check = check;
    this.#report = report;
  }

  async consume(queue: string, credit: number, onBatch: Consumer["onBatch"]): Promise<Subscription> {
    const subscription = ++this.#lastSubscription;
    this.#consumers.set(subscription, { queue, credit, onBatch, release: this.#membership.hold() });
    try {
      await this.#membership.request("consume", { subscription, queue, credit });
    } catch (error) {
      this.#remove(subscription);
      throw error;
    }
    return { credit: (n) => this.#setCredit(subscription, n), stop: () => this.#stop(subscription) };
  }

  /** Ends deliveries; what is not owned any more is `lost`, and stores no record. */
  async finish(batch: readonly Finish[]): Promise<readonly SettleOutcome[]> {
    const outcomes: SettleOutcome[] = batch.map(() => "lost");
    const positions = this.#choose(batch, outcomes);
    if (positions.length === 0) return outcomes;
    const chosen = positions.length === batch.length ? batch : positions.map((position) => batch[position]!);
    try {
      const settled = await this.#settle(chosen);
      for (const [i, position] of positions.entries()) {
        if (settled[i]) outcomes[position] = "ok";
        else ownedOf(chosen[i]!).lose();
      }
      return outcomes;
    } catch (error) {
      for (const owned of chosen.map(ownedOf)) if (!owned.isLost) this.#owned.add(owned);
      throw error;
    }
  }

  delivered({ subscription, owner, batch }: Extract<Push, { kind: "delivered" }>): void {
    const deliveries = unpackRows(batch).map((row) => new OwnedDelivery(row, owner));
    for (const delivery of deliveries) this.#owned.add(delivery);
    try {
      this.#consumers.get(subscription)?.onBatch(deliveries);
    } catch (error) {
      this.#report(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** An owner has lost what it owned; without one, everything is lost. */
  lose(owner?: number): void {
    for (const delivery of [...this.#owned]) {
      if (owner !== undefined && delivery.owner !== owner) continue;
      this.#owned.delete(delivery);
      delivery.lose();
    }
  }

  /** Tells a new database thread what to consume. What was claimed by the old one goes back at once. */
  restart(): void {
    for (const owner of new Set([...this.#owned].map((delivery) => delivery.owner)))
      this.#membership.tell("abandon", { owner });
    this.lose();
    for (const [subscription, { queue, credit }] of this.#consumers) {
      this.#membership.tell("consume", { subscription, queue, credit });
    }
  }

  close(): void {
    for (const subscription of [...this.#consumers.keys()]) this.#remove(subscription);
  }

  /** The positions of those that can be settled, which are not owned any more from here; the outcome of the others is known. */
  #choose(batch: readonly Finish[], outcomes: SettleOutcome[]): number[] {
    const positions: number[] = [];
    for (const [position, { settlement }] of batch.entries()) {
      const owned = settlement.delivery.token as OwnedDelivery;
      if (!this.#owned.has(owned)) continue;
      const tooLarge = settlement.to === "retry" ? this.#check(settlement.next.id, settlement.next.body) : undefined;
      if (tooLarge !== undefined) outcomes[position] = tooLarge;
      else if (this.#owned.delete(owned)) positions.push(position);
    }
    return positions;
  }

  #settle(chosen: readonly Finish[]): Promise<readonly boolean[]> {
    const settlements = settleColumns(chosen);
    const transfers: ArrayBuffer[] = [];
    for (const batch of [settlements.next, settlements.records] satisfies Batch[]) transferBatch(batch, transfers);
    return this.#membership.request("settle", { settlements }, transfers);
  }

  #setCredit(subscription: number, credit: number): void {
    const consumer = this.#consumers.get(subscription);
    if (consumer === undefined) return;
    consumer.credit = credit;
    this.#membership.tell("credit", { subscription, credit });
  }

  async #stop(subscription: number): Promise<void> {
    if (!this.#consumers.has(subscription)) return;
    await this.#membership.request("stop", { subscription }).catch(() => {}); // without a thread nothing arrives
    this.#remove(subscription);
  }

  #remove(subscription: number): void {
    this.#consumers.get(subscription)?.release();
    this.#consumers.delete(subscription);
  }
}
