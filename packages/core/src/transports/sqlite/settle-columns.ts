import type { Finish } from "../../powers.js";
import type { ResultRecord } from "../../result-backend.js";
import type { Envelope } from "../../transport.js";
import { packEnvelopes, packRecords } from "./columns.js";
import type { OwnedDelivery } from "./delivery.js";
import type { SettleColumns } from "./protocol.js";

/** The delivery of an end that was chosen to be settled. */
export const ownedOf = ({ settlement }: Finish): OwnedDelivery => settlement.delivery.token as OwnedDelivery;

export function settleColumns(batch: readonly Finish[]): SettleColumns {
  const reasons: string[] = [];
  const next: Envelope[] = [];
  const recordOf: number[] = [];
  const records: ResultRecord[] = [];
  for (const [i, { settlement, record }] of batch.entries()) {
    if (settlement.to === "dead") reasons.push(settlement.reason);
    if (settlement.to === "retry") next.push(settlement.next);
    if (record === undefined) continue;
    recordOf.push(i);
    records.push(record);
  }
  return {
    owners: batch.map((finish) => ownedOf(finish).owner),
    seqs: batch.map((finish) => ownedOf(finish).seq),
    to: batch.map(({ settlement }) => settlement.to),
    reasons,
    next: packEnvelopes(next),
    recordOf,
    records: packRecords(records),
  };
}
