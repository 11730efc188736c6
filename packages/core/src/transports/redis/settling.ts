import { TransportError } from "../../errors.js";
import type { Finish } from "../../powers.js";
import type { SettleOutcome } from "../../transport.js";
import { groupBy, inChunks } from "./chunks.js";
import { RedisDelivery } from "./delivery.js";
import type { RedisValue } from "./driver.js";
import { queueKeys } from "./fetcher.js";
import type { Hub } from "./hub.js";
import type { QueueKeys } from "./keys.js";
import type { KnownQueues } from "./known-queues.js";
import { packMessage } from "./message-format.js";
import type { QueueConsumer } from "./queue-consumer.js";
import { lifetime, packRecord, packRecords } from "./record-format.js";
import type { Script } from "./script.js";
import { finish, settle } from "./scripts.js";
import { tooLarge } from "./sending.js";

interface Item {
  readonly at: number;
  readonly delivery: RedisDelivery;
  readonly finish: Finish;
}

interface Order {
  /** The queue that it leads to. */
  readonly queue: string;
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: (repeated: boolean) => readonly RedisValue[];
}

/** Ends what consumers own. */
export class Settling {
  readonly #hub: Hub;
  readonly #queues: KnownQueues;
  readonly #limitMs: number;

  /** `limitMs`: how long a settlement may wait for the server; after a lease it would come too late anyway. */
  constructor(hub: Hub, queues: KnownQueues, limitMs: number) {
    this.#hub = hub;
    this.#queues = queues;
    this.#limitMs = limitMs;
  }

  /** What is not owned any more is `lost`, and stores no record. */
  async finish(batch: readonly Finish[]): Promise<readonly SettleOutcome[]> {
    const outcomes: SettleOutcome[] = batch.map(() => "lost");
    const items = this.#choose(batch, outcomes);
    const groups = groupBy(items, ({ delivery }) => delivery.owner);
    const orders = [...groups].flatMap(([owner, group]) => this.#orders(owner, group));
    const done = Promise.all(orders.map(([order, chunk]) => this.#carryOut(order, chunk, outcomes)));
    for (const [owner, group] of groups) owner.freed(group.some(isPutBack));
    await done;
    return outcomes;
  }

  /** Those that can be settled, which are not owned any more from here; the outcome of the others is known. */
  #choose(batch: readonly Finish[], outcomes: SettleOutcome[]): Item[] {
    return batch.flatMap((one, at) => {
      const delivery = one.settlement.delivery.token;
      if (!(delivery instanceof RedisDelivery) || !delivery.owner.owned.has(delivery)) return [];
      const { settlement } = one;
      const refusal = settlement.to === "retry" ? tooLarge(settlement.next.id, settlement.next.body) : undefined;
      if (refusal !== undefined) {
        outcomes[at] = refusal;
        return [];
      }
      delivery.owner.disown([delivery]);
      return [{ at, delivery, finish: one }];
    });
  }

  /** Scripts for one consumer: the plain ends together, the others by the queue that they lead to. */
  #orders(owner: QueueConsumer, items: readonly Item[]): [Order, Item[]][] {
    const kindOf = ({ delivery, finish: { settlement, record } }: Item): string => {
      if (settlement.to === "done") return `done ${delivery.consumer} ${record?.ttlMs ?? 0}`;
      return `to ${delivery.consumer} ${settlement.to === "retry" ? settlement.next.queue : owner.queue}`;
    };
    return [...groupBy(items, kindOf).values()].flatMap((group) =>
      inChunks(group, bytesOf).map((chunk): [Order, Item[]] => {
        const isDone = chunk[0]!.finish.settlement.to === "done";
        return [isDone ? this.#finishOrder(owner, chunk) : this.#settleOrder(owner, chunk), chunk];
      }),
    );
  }

  async #carryOut(order: Order, chunk: readonly Item[], outcomes: SettleOutcome[]): Promise<void> {
    const isUncertain = chunk.some(({ delivery }) => delivery.uncertain);
    try {
      const reply = await this.#hub.perform((session, repeated) => {
        this.#queues.note(session, order.queue);
        const args = order.args(repeated || isUncertain || this.#hub.connection.place.cluster);
        return session.script(order.script, order.keys, args);
      }, AbortSignal.timeout(this.#limitMs));
      const digits = (reply as Buffer).toString("latin1");
      chunk.forEach(({ at, delivery }, i) => {
        if (delivery.inHand) delivery.owner.handInUse = false;
        if (digits[i] === "1") outcomes[at] = "ok";
        else delivery.lose();
      });
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      for (const { at, delivery } of chunk) {
        outcomes[at] = error;
        delivery.uncertain ||= !error.certain;
        delivery.owner.own([delivery]);
      }
    }
  }

  #finishOrder(owner: QueueConsumer, chunk: readonly Item[]): Order {
    const { keys } = owner;
    const { consumer } = chunk[0]!.delivery;
    const records = chunk.map(({ finish: { record } }) => record);
    const ids = chunk.map(({ delivery }) => delivery.envelope.id);
    const hand = chunk.findIndex(({ delivery }) => delivery.inHand) + 1;
    const marks = this.#marks(keys, ids);
    const idAt = Buffer.byteLength(marks[0]!) - ids[0]!.length + 1;
    const { bytes, lengths } = packRecords(records);
    const tail = [hand, lifetime(records[0]?.ttlMs ?? 1), idAt, lengths, bytes, ...addressesOf(records)];
    return {
      queue: owner.queue,
      script: finish,
      keys: [keys.consumers, keys.owned(consumer), keys.hand(consumer), ...marks],
      args: (repeated) => [consumer, repeated ? 1 : 0, ...tail],
    };
  }

  #settleOrder(owner: QueueConsumer, chunk: readonly Item[]): Order {
    const { keys } = owner;
    const { delivery, finish: first } = chunk[0]!;
    const { consumer } = delivery;
    const { settlement } = first;
    const queue = settlement.to === "retry" ? settlement.next.queue : owner.queue;
    const source = [keys.consumers, keys.owned(consumer), keys.hand(consumer), keys.dead, keys.bell, ...keys.waiting];
    const hand = chunk.findIndex((item) => item.delivery.inHand) + 1;
    const tail = [hand, chunk.length, ...chunk.flatMap(settleArguments)];
    const ids = chunk.map((item) => item.delivery.envelope.id);
    return {
      queue,
      script: settle,
      keys: [...queueKeys(this.#hub.keys.queue(queue)), ...source, ...this.#marks(keys, ids)],
      args: (repeated) => [consumer, repeated ? 1 : 0, ...tail],
    };
  }

  #marks(keys: QueueKeys, ids: readonly string[]): string[] {
    return ids.map((id) => this.#hub.markOf(keys, id));
  }
}

function settleArguments({ delivery, finish: { settlement, record } }: Item): RedisValue[] {
  const isRetry = settlement.to === "retry";
  const argument = isRetry
    ? packMessage(settlement.next)
    : settlement.to === "dead"
      ? encodeURIComponent(settlement.reason)
      : "";
  const due = isRetry ? Math.ceil(settlement.next.eta ?? 0) : 0;
  const { id } = delivery.envelope;
  return [
    settlement.to,
    id,
    argument,
    due,
    bytesOrNothing(record),
    lifetime(record?.ttlMs ?? 1),
    record?.replyTo ?? "",
  ];
}

const isPutBack = ({ finish: { settlement } }: Item): boolean =>
  settlement.to === "release" || settlement.to === "retry";

/** The address of each; one where all have the same. */
function addressesOf(records: readonly Finish["record"][]): string[] {
  const addresses = records.map((record) => record?.replyTo ?? "");
  return addresses.every((address) => address === addresses[0]) ? addresses.slice(0, 1) : addresses;
}

const bytesOrNothing = (record: Finish["record"]): RedisValue => (record === undefined ? "" : packRecord(record));

const bytesOf = ({ finish: { settlement, record } }: Item): number =>
  (record?.body.length ?? 0) + (settlement.to === "retry" ? settlement.next.body.length : 0);
