import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { consume, type Inbox } from "../conformance/inbox.js";
import { done, message, send, settle, textsOf } from "../conformance/messages.js";
import { close } from "../conformance/scene.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RedisServer } from "../support/redis-server.js";
import { openBoth, type Opened } from "./opening.js";

interface Scene {
  readonly worker: Opened;
  readonly inbox: Inbox;
  /** Another client of the same queue, which consumes nothing. */
  readonly other: Opened;
  readonly queue: string;
  readonly admin: Redis;
  /** The server forgets who consumes, as it would of all else with FLUSHALL, and what came since is there. */
  forget(): Promise<void>;
}

const SOON = { leaseMs: 4_000, heartbeatMs: 1_300 };
/** No beat tells it before something else does. */
const LATE = { leaseMs: 300_000, heartbeatMs: 100_000 };

async function scene(beats = SOON): Promise<Scene> {
  const server = await RedisServer.start();
  const admin = new Redis(server.port);
  onTestFinished(() => admin.disconnect());
  const queue = namespace("q");
  const other = await openBoth(server.url);
  const worker = await openBoth(server.url, beats);
  const { inbox } = await consume(worker.transport, queue, 4);
  const forget = async (): Promise<void> => {
    await admin.del(...(await admin.keys("*:c")), ...(await admin.keys("*:l:*")));
  };
  return { worker, inbox, other, queue, admin, forget };
}

/** Takes a message into the consumer's hand, `first` before it. */
async function takeOne({ worker, inbox, other, queue, admin }: Scene): Promise<void> {
  await send(other.transport, message(queue, "first"));
  await done(worker.transport, await inbox.arrived(1));
  await send(other.transport, message(queue, "one"));
  await inbox.arrived(2);
  expect(await admin.keys("*:h:*")).toHaveLength(1);
}

const depthOf = async ({ other, queue }: Scene) =>
  (await other.transport.depths()).find((depth) => depth.queue === queue);

const isEmpty = async (here: Scene): Promise<boolean> => {
  const { waiting, owned, delayed } = (await depthOf(here))!;
  return waiting + owned + delayed === 0;
};

describe("redis, when the server knows a consumer no more", () => {
  expectNothingLeftRunning();

  it("gives the message in its hand again, counted as a redelivery", async () => {
    const here = await scene();
    await takeOne(here);
    await here.forget();
    const [, one, again] = await here.inbox.arrived(3);
    expect(one!.lost.aborted).toBe(true);
    expect(await settle(here.worker.transport, { delivery: one!, to: "done" })).toEqual(["lost"]);
    expect([again!.envelope.id, again!.redeliveries]).toEqual([one!.envelope.id, 1]);
    await done(here.worker.transport, [again!]);
    expect(await isEmpty(here)).toBe(true);
    expect(here.worker.told.errors).toEqual([]);
  });

  it("gives what it had fetched again", async () => {
    const here = await scene();
    await send(here.other.transport, message(here.queue, "a"), message(here.queue, "b"));
    await here.inbox.arrived(2);
    await here.forget();
    const again = (await here.inbox.arrived(4)).slice(2);
    expect(textsOf(again)).toEqual(["a", "b"]);
    expect(again.map(({ redeliveries }) => redeliveries)).toEqual([1, 1]);
    await done(here.worker.transport, again);
    expect(await isEmpty(here)).toBe(true);
  });

  it("gives nothing again that was settled before it noticed", async () => {
    const here = await scene(LATE);
    await takeOne(here);
    await here.forget();
    await done(here.worker.transport, here.inbox.deliveries.slice(1));
    await send(here.other.transport, message(here.queue, "two"), message(here.queue, "three"));
    expect(textsOf(await here.inbox.arrived(4))).toEqual(["first", "one", "two", "three"]);
  });

  it("puts it back later when the server refuses that for now", async () => {
    const here = await scene();
    await takeOne(here);
    await here.admin.call("acl", "setuser", "default", "-lrange");
    await here.forget();
    await eventually(() => here.inbox.deliveries[1]!.lost.aborted, { what: "the loss" });
    const isRefused = async (): Promise<boolean> => String(await here.admin.call("acl", "log")).includes("lrange");
    await eventually(isRefused, { what: "a refusal" });
    await here.admin.call("acl", "setuser", "default", "+lrange");
    expect(textsOf(await here.inbox.arrived(3))).toEqual(["first", "one", "one"]);
  });

  it("hands back what it owns when it closes", async () => {
    const here = await scene(LATE);
    await takeOne(here);
    await here.forget();
    await close(here.worker);
    expect(await depthOf(here)).toMatchObject({ waiting: 1, owned: 0 });
  });
});
