import type { Client } from "./client.js";
import { packRows } from "./columns.js";
import type { Op, Request, Requests } from "./protocol.js";
import type { WriteOp } from "./writes.js";

/** The requests that need no transaction, but those that the engine answers itself. */
export type ReadOp = Exclude<Op, WriteOp | "open" | "wait" | "counters">;

type Reads = { readonly [O in ReadOp]: (client: Client, fields: Requests[O]["fields"]) => Requests[O]["reply"] };

const READS: Reads = {
  consume: (client, { subscription, queue, credit }) => {
    client.subscribe(subscription, queue, credit);
    return null;
  },
  credit: (client, { subscription, credit }) => {
    client.credit(subscription, credit);
    return null;
  },
  stop: (client, { subscription }) => {
    client.unsubscribe(subscription);
    return null;
  },
  get: ({ store }, { ids }) => packRows(store.records.get(ids, Date.now())),
  unwait: (client, { ids }) => {
    for (const id of ids) client.store.resultFeed.unfollow(id, client.id);
    return null;
  },
  latest: ({ store }, { ids }) => packRows(store.events.latest(ids, Date.now())),
  marks: ({ store }, { after }) => store.revocations.page(after, Date.now()),
  streamPosition: ({ store }, { task }) => store.streams.position(task, Date.now()),
  streamPage: ({ store }, request) => packRows(store.streams.page(request, Date.now())),
  events: ({ store }, { task, after }) => packRows(store.events.after(task, after, Date.now())),
  watch: (client, { task }) => {
    client.store.eventFeed.follow(task, client.id);
    return null;
  },
  unwatch: (client, { task }) => {
    client.store.eventFeed.unfollow(task, client.id);
    return null;
  },
  listen: (client, { topic }) => {
    client.store.topicFeed.follow(topic, client.id);
    return null;
  },
  unlisten: (client, { topic }) => {
    client.store.topicFeed.unfollow(topic, client.id);
    return null;
  },
  rooms: ({ store }) => store.limits.rooms(),
  depths: ({ store }) => store.messages.depths(Date.now()),
  dead: ({ store }, { queue, limit }) => packRows(store.messages.dead(queue, limit)),
};

/** @throws Error when it is no such request. */
export function read(client: Client, request: Request): unknown {
  if (!Object.hasOwn(READS, request.op)) throw new Error(`there is no request ${request.op}`);
  const answer = READS[request.op as ReadOp] as (client: Client, fields: object) => unknown;
  return answer(client, request.fields);
}
