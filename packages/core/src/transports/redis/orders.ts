import type { Finish } from "../../powers.js";
import { replyChannel } from "./address.js";
import { groupBy, inChunks } from "./chunks.js";
import type { RedisDelivery } from "./delivery.js";
import type { RedisValue } from "./driver.js";
import { queueKeys } from "./fetcher.js";
import type { Hub } from "./hub.js";
import type { QueueKeys } from "./keys.js";
import { packMessage } from "./message-format.js";
import { shortened } from "./pack.js";
import type { QueueConsumer } from "./queue-consumer.js";
import { lifetime, packRecord, packRecords } from "./record-format.js";
import type { Script } from "./script.js";
import { finish, settle } from "./scripts.js";

/** The end of one delivery, and its place in the batch. */
export interface Item {
  readonly at: number;
  readonly delivery: RedisDelivery;
  readonly finish: Finish;
}

/** One script that ends deliveries of one consumer. */
export interface Order {
  /** The queue that it leads to. */
  readonly queue: string;
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: (repeated: boolean) => readonly RedisValue[];
}

/** Scripts for one consumer: the plain ends together, the others by the queue that they lead to. */
export function ordersOf(hub: Hub, owner: QueueConsumer, items: readonly Item[]): [Order, Item[]][] {
  const kindOf = ({ delivery, finish: { settlement, record } }: Item): string => {
    if (settlement.to === "done") return `done ${delivery.consumer} ${record?.ttlMs ?? 0}`;
    return `to ${delivery.consumer} ${settlement.to === "retry" ? settlement.next.queue : owner.queue}`;
  };
  const groups = items.every((item) => isLike(item, items[0]!)) ? [items] : groupBy(items, kindOf).values();
  return [...groups].flatMap((group) =>
    inChunks(group, bytesOf).map((chunk): [Order, Item[]] => {
      const isDone = chunk[0]!.finish.settlement.to === "done";
      return [isDone ? finishOrder(hub, owner, chunk) : settleOrder(hub, owner, chunk), chunk];
    }),
  );
}

/** n.b. mostly all are, and to compare costs less than to make keys. */
const isLike = (one: Item, other: Item): boolean =>
  one.finish.settlement.to === "done" &&
  other.finish.settlement.to === "done" &&
  one.delivery.consumer === other.delivery.consumer &&
  one.finish.record?.ttlMs === other.finish.record?.ttlMs;

function finishOrder(hub: Hub, { queue, keys }: QueueConsumer, chunk: readonly Item[]): Order {
  const { consumer } = chunk[0]!.delivery;
  const records = chunk.map(({ finish: { record } }) => record);
  const ids = chunk.map(({ delivery }) => delivery.envelope.id);
  const marks = marksOf(hub, keys, ids);
  const idAt = Buffer.byteLength(marks[0]!) - ids[0]!.length + 1;
  const { bytes, lengths } = packRecords(records);
  const tail = [
    handOf(chunk),
    lifetime(records[0]?.ttlMs ?? 1),
    idAt,
    lengths,
    shortened(bytes),
    ...addressesOf(records),
  ];
  return {
    queue,
    script: finish,
    keys: [keys.consumers, keys.owned(consumer), keys.hand(consumer), ...marks],
    args: (repeated) => [consumer, repeated ? 1 : 0, ...tail],
  };
}

function settleOrder(hub: Hub, owner: QueueConsumer, chunk: readonly Item[]): Order {
  const { keys } = owner;
  const first = chunk[0]!;
  const { consumer } = first.delivery;
  const { settlement } = first.finish;
  const queue = settlement.to === "retry" ? settlement.next.queue : owner.queue;
  const source = [keys.consumers, keys.owned(consumer), keys.hand(consumer), keys.dead, keys.bell, ...keys.waiting];
  const tail = [handOf(chunk), chunk.length, ...chunk.flatMap(settleArguments)];
  const ids = chunk.map(({ delivery }) => delivery.envelope.id);
  return {
    queue,
    script: settle,
    keys: [...queueKeys(hub.keys.queue(queue)), ...source, ...marksOf(hub, keys, ids)],
    args: (repeated) => [consumer, repeated ? 1 : 0, ...tail],
  };
}

const marksOf = (hub: Hub, keys: QueueKeys, ids: readonly string[]): string[] => ids.map((id) => hub.markOf(keys, id));

/** Which of them is the one in the consumer's hand, counted from 1; 0 for none. */
const handOf = (chunk: readonly Item[]): number => chunk.findIndex(({ delivery }) => delivery.inHand) + 1;

function settleArguments({ delivery, finish: { settlement, record } }: Item): RedisValue[] {
  const due = settlement.to === "retry" ? Math.ceil(settlement.next.eta ?? 0) : 0;
  return [
    settlement.to,
    delivery.envelope.id,
    argumentOf(settlement),
    due,
    record === undefined ? "" : packRecord(record),
    lifetime(record?.ttlMs ?? 1),
    replyChannel(record?.replyTo),
  ];
}

function argumentOf(settlement: Finish["settlement"]): RedisValue {
  if (settlement.to === "retry") return packMessage(settlement.next);
  // n.b. half a surrogate pair cannot be percent-encoded: UTF-8 replaces it
  return settlement.to === "dead" ? encodeURIComponent(Buffer.from(settlement.reason).toString()) : "";
}

/** The address of each; one where all have the same. */
function addressesOf(records: readonly Finish["record"][]): string[] {
  const addresses = records.map((record) => replyChannel(record?.replyTo));
  return addresses.every((address) => address === addresses[0]) ? addresses.slice(0, 1) : addresses;
}

const bytesOf = ({ finish: { settlement, record } }: Item): number =>
  (record?.body.length ?? 0) + (settlement.to === "retry" ? settlement.next.body.length : 0);
