import type { Delivery, Envelope } from "../../transport.js";
import type { SqlRow } from "./driver.js";
import { toEnvelope } from "./columns.js";

/** One message as one owner has it. */
export class OwnedDelivery implements Delivery {
  readonly envelope: Envelope;
  readonly redeliveries: number;
  readonly seq: number;
  readonly owner: number;
  #isLost = false;
  #controller: AbortController | undefined;

  /** A row as it is claimed: sequence number, redeliveries, envelope. */
  constructor(row: SqlRow, owner: number) {
    this.seq = row[0] as number;
    this.redeliveries = row[1] as number;
    this.envelope = toEnvelope(row, 2);
    this.owner = owner;
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
