import type { Delivery, Envelope } from "../../transport.js";
import { Losable } from "../losable.js";
import type { SqlRow } from "./driver.js";
import { toEnvelope } from "./columns.js";

/** One message as one owner has it. */
export class OwnedDelivery extends Losable implements Delivery {
  readonly envelope: Envelope;
  readonly redeliveries: number;
  readonly seq: number;
  readonly owner: number;

  /** A row as it is claimed: sequence number, redeliveries, envelope. */
  constructor(row: SqlRow, owner: number) {
    super();
    this.seq = row[0] as number;
    this.redeliveries = row[1] as number;
    this.envelope = toEnvelope(row, 2);
    this.owner = owner;
  }

  get token(): this {
    return this;
  }
}
