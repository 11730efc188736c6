import { unpackRows } from "./columns.js";
import type { SqlRow, SqlValue } from "./driver.js";
import type { SettleColumns } from "./protocol.js";
import type { Store } from "./store.js";
import type { Unit } from "./unit.js";

export interface Settling {
  readonly store: Store;
  readonly owner: number;
  readonly settlements: SettleColumns;
  /** Which of the deliveries are to be settled. */
  readonly mine: readonly boolean[];
  readonly unit: Unit;
}

/** Ends deliveries; returns the sequence numbers of the messages that `owner` really had. */
export function settleRows(settling: Settling): Set<SqlValue> {
  const { store, owner, settlements, mine } = settling;
  const { seqs, to } = settlements;
  const those = (outcome: "done" | "release"): number[] => seqs.filter((_, i) => mine[i] && to[i] === outcome);
  const done = those("done");
  const released = those("release");
  const changed = new Set(done.length > 0 ? store.messages.finish(owner, done) : []);
  if (released.length > 0) {
    for (const seq of store.messages.release(owner, released)) changed.add(seq);
    settling.unit.returned = true;
  }
  if (to.includes("retry") || to.includes("dead")) settleOneByOne(settling, changed);
  return changed;
}

function settleOneByOne({ store, owner, settlements, mine, unit }: Settling, changed: Set<SqlValue>): void {
  const nexts = unpackRows(settlements.next).values();
  const reasons = settlements.reasons.values();
  for (const [i, seq] of settlements.seqs.entries()) {
    if (settlements.to[i] === "retry") {
      const next = nexts.next().value!;
      if (!mine[i] || !store.messages.replace(owner, seq, next, unit.now)) continue;
      changed.add(seq);
      noteNew(store, next, unit);
    } else if (settlements.to[i] === "dead") {
      const reason = reasons.next().value!;
      if (mine[i] && store.messages.bury(owner, seq, reason, unit.now)) changed.add(seq);
    }
  }
}

/** An envelope was stored: it waits, or it is delayed. */
export function noteNew(store: Store, envelope: SqlRow, unit: Unit): void {
  const [, queue, , eta] = envelope;
  if (eta !== null && (eta as number) > unit.now) unit.delayed = true;
  else unit.addReady(store, queue as string);
}
