import { TransportError } from "@taskgen/core";
import type { Finish, Settlement, SettleOutcome } from "@taskgen/core/internal";
import type { Faults } from "./faults.js";
import type { ModelTransportOptions } from "./transport-options.js";

/** How a connection to the model broker settles what it owns. */
export class ModelSettling {
  readonly #options: ModelTransportOptions;
  /** What a broken transport has told to be settled. */
  #unwritten: Finish[] = [];
  #isClosed = false;

  constructor(options: ModelTransportOptions) {
    this.#options = options;
  }

  /** From now on nothing is owned. */
  close(): void {
    this.#isClosed = true;
    this.#unwritten = [];
  }

  async finish(batch: readonly Finish[]): Promise<readonly SettleOutcome[]> {
    const { link, atomicRetry, mutant, faults } = this.#options;
    if (this.#isClosed) return batch.map(() => "lost");
    if (!atomicRetry) await this.#copy(batch);
    if (mutant === "batch-dropped-on-close") return this.#writeLater(batch);
    const outcomes = await link.request(() => batch.map((finish) => unlessRefused(faults, () => this.#apply(finish))));
    if (mutant === "settle-not-repeated") return outcomes.map((one) => (one instanceof Error ? "ok" : one));
    return mutant === "outcomes-swapped" ? outcomes.toReversed() : outcomes;
  }

  #apply({ settlement, record }: Finish): SettleOutcome {
    const { broker, atomicRetry, mutant, fusesWith } = this.#options;
    const last: Settlement = atomicRetry || settlement.to === "dead" ? settlement : { ...settlement, to: "done" };
    if (mutant !== "ack-before-result" || record === undefined) return broker.settle(last, record);
    void fusesWith?.put([record]);
    return broker.settle(last);
  }

  /** Where a retry is no single step: the next message is stored before the last one is dropped. */
  async #copy(batch: readonly Finish[]): Promise<void> {
    const { broker, link } = this.#options;
    const copies = batch.flatMap(({ settlement: { delivery, ...how } }) => {
      if ((how.to !== "retry" && how.to !== "release") || delivery.lost.aborted) return [];
      if (how.to === "retry") return [{ envelope: how.next, redeliveries: 0 }];
      return [{ envelope: delivery.envelope, redeliveries: delivery.redeliveries }];
    });
    if (copies.length > 0)
      await link.request(() => copies.forEach(({ envelope, redeliveries }) => broker.enqueue(envelope, redeliveries)));
  }

  #writeLater(batch: readonly Finish[]): SettleOutcome[] {
    this.#unwritten.push(...batch);
    this.#options.time.after(500, () => {
      for (const finish of this.#unwritten.splice(0)) this.#apply(finish);
    });
    return batch.map(() => "ok");
  }
}

/** One item of a batch may be refused where the others are not. */
export function unlessRefused<T>(faults: Faults, effect: () => T): T | TransportError {
  if (!faults.refusesItem()) return effect();
  return new TransportError("BROKER_FULL", "simulated: one item is refused", { certain: true });
}
