import type { Client } from "./client.js";
import { packRows, unpackRows } from "./columns.js";
import type { Op, Request, Requests } from "./protocol.js";
import { noteNew } from "./settle-rows.js";
import type { Store } from "./store.js";
import { readerTopic, writerTopic } from "./stream-topics.js";
import type { Unit } from "./unit.js";

/** The requests that change the store. */
export type WriteOp =
  | "leave"
  | "abandon"
  | "declare"
  | "send"
  | "settle"
  | "put"
  | "forget"
  | "append"
  | "mark"
  | "swap"
  | "streamPush"
  | "streamPull"
  | "broadcast"
  | "removeDead"
  | "purge"
  | ("admit" | "turns" | "sent" | "leaveRoom" | "renewSlots");

type Writes = {
  readonly [O in WriteOp]: (client: Client, fields: Requests[O]["fields"], unit: Unit) => Requests[O]["reply"];
};

/** What each of them does within a transaction. What becomes true with the commit is left to `unit`. */
const WRITES: Writes = {
  leave: (client, _, unit) => {
    client.leave(unit);
    return null;
  },
  abandon: ({ store }, { owner }, unit) => {
    if (store.leases.abandon(owner, { died: false }) > 0) unit.returned = true;
    return null;
  },
  declare: ({ store }, { queues }) => {
    store.messages.declare(queues);
    return null;
  },
  send: ({ store }, { messages }, unit) => {
    const envelopes = unpackRows(messages);
    const stored = store.messages.enqueue(envelopes, unit.now);
    for (const [i, envelope] of envelopes.entries()) if (stored[i]) noteNew(store, envelope, unit);
    return stored;
  },
  settle: (client, { settlements }, unit) => client.settle(settlements, unit),
  put: ({ store }, { records }, unit) => {
    unit.results = true;
    return store.records.put(unpackRows(records), unit.now);
  },
  forget: ({ store }, { ids }, unit) => {
    store.records.forget(ids);
    store.events.forget(ids);
    if (store.streams.forget(ids)) for (const id of ids) announce(store, writerTopic(id), unit);
    return null;
  },
  append: ({ store }, { events }, unit) => {
    unit.events = true;
    store.events.append(unpackRows(events), unit.now);
    return null;
  },
  mark: ({ store }, { revocations }, unit) => {
    store.revocations.add(revocations, unit.now);
    return null;
  },
  swap: ({ store }, { swaps }, unit) => store.registers.swap(swaps, unit.now),
  admit: ({ store }, { room, rules, entrants }, unit) => store.limits.admit(room, rules, entrants, unit.now),
  turns: ({ store }, { room, rules, max }, unit) => store.limits.turns(room, rules, max, unit.now),
  sent: ({ store }, { room, ids }) => {
    store.limits.sent(room, ids);
    return null;
  },
  leaveRoom: ({ store }, { room, slots }) => store.limits.leave(room, slots),
  renewSlots: ({ store }, { room, slots }, unit) => {
    store.limits.renew(room, slots, unit.now);
    return null;
  },
  streamPush: ({ store }, chunk, unit) => {
    const position = store.streams.push({ ...chunk, items: unpackRows(chunk.items) }, unit.now);
    announce(store, readerTopic(chunk.task), unit);
    return position;
  },
  streamPull: ({ store }, request, unit) => {
    if (store.streams.advance(request, unit.now)) announce(store, writerTopic(request.task), unit);
    return packRows(store.streams.page(request, unit.now));
  },
  broadcast: ({ store }, { topic, message }, unit) => {
    unit.topics = true;
    store.topics.publish(topic, message, unit.now);
    return null;
  },
  removeDead: ({ store }, { queue, ids }) => store.messages.removeDead(queue, ids),
  purge: ({ store }, { queue }) => store.messages.purge(queue),
};

const NO_BYTES = new Uint8Array();

function announce(store: Store, topic: string, unit: Unit): void {
  unit.topics = true;
  store.topics.publish(topic, NO_BYTES, unit.now);
}

export function isWrite(request: Request): request is Request<WriteOp> {
  return Object.hasOwn(WRITES, request.op satisfies Op);
}

export function write(client: Client, request: Request<WriteOp>, unit: Unit): unknown {
  const apply = WRITES[request.op] as (client: Client, fields: object, unit: Unit) => unknown;
  return apply(client, request.fields, unit);
}
