import { setTimeout as delay } from "node:timers/promises";
import type { TransportError } from "../../errors.js";
import type { OwnedDelivery } from "./delivery.js";
import type { Reading } from "./properties.js";
import type { Copy, SettlerOptions } from "./settling.js";

export interface DiverterOptions extends Pick<SettlerOptions, "send" | "now" | "owner"> {
  readonly report: (error: TransportError) => void;
}

const RETRY_MS = 1_000;

/**
 * Takes care of deliveries that no worker should see yet, or at all: poison goes to the dead letters, a delay that is not over
 * goes on, and what the broker gave out before without counting is sent again with a count of our own.
 */
export class Diverter {
  readonly #options: DiverterOptions;
  readonly #closed = new AbortController();

  constructor(options: DiverterOptions) {
    this.#options = options;
  }

  /** False when the delivery is for a worker. */
  divert(delivery: OwnedDelivery, reading: Reading): boolean {
    const copy = this.#copy(reading);
    if (copy === undefined) return false;
    if (delivery.claim(this.#options.owner)) void this.#move(delivery, copy);
    return true;
  }

  close(): void {
    this.#closed.abort();
  }

  #copy({ envelope, redeliveries, uncounted, restMs, poison }: Reading): Copy | undefined {
    const deaths = redeliveries + (uncounted ? 1 : 0);
    if (poison !== undefined) {
      return { envelope, to: "dead", travel: { redeliveries: deaths, reason: poison, at: this.#options.now() } };
    }
    if (!uncounted && restMs === 0) return undefined;
    return { envelope, to: "queue", travel: { redeliveries: deaths, restMs } };
  }

  /** Tries until the copy is there or the delivery is lost, in which case somebody else gets it. */
  async #move(delivery: OwnedDelivery, copy: Copy): Promise<void> {
    while (!delivery.isLost && !this.#closed.signal.aborted) {
      const [outcome] = await this.#options.send([copy]);
      if (outcome === "stored") return void delivery.life.acknowledge([delivery]);
      if (outcome !== undefined && !this.#closed.signal.aborted) this.#options.report(outcome);
      await delay(RETRY_MS, undefined, { signal: this.#closed.signal, ref: false }).catch(() => {});
    }
  }
}
