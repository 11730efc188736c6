import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { consume, type Inbox } from "../conformance/inbox.js";
import { done, message, messages, send, textsOf } from "../conformance/messages.js";
import { close } from "../conformance/scene.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RedisServer } from "../support/redis-server.js";
import { openBoth, type Opened } from "./opening.js";

interface Scene {
  readonly server: RedisServer;
  readonly admin: Redis;
  readonly queue: string;
  /** It consumes, and owns nothing. */
  readonly worker: Opened;
  readonly inbox: Inbox;
  readonly caller: Opened;
}

const BEATS = { leaseMs: 4_000, heartbeatMs: 1_300 };

/** A consumer that had a message and waits for the next one. */
async function scene(): Promise<Scene> {
  const server = await RedisServer.start();
  const admin = new Redis(server.port);
  admin.on("error", () => {});
  onTestFinished(() => admin.disconnect());
  const queue = namespace("q");
  const caller = await openBoth(server.url);
  const worker = await openBoth(server.url, BEATS);
  const { inbox } = await consume(worker.transport, queue, 4);
  await send(caller.transport, message(queue, "before"));
  await done(worker.transport, await inbox.arrived(1));
  const here = { server, admin, queue, worker, inbox, caller };
  await isWaiting(here);
  return here;
}

const blocked = async (admin: Redis): Promise<string[]> => {
  const clients = String(await admin.client("LIST")).split("\n");
  return clients.filter((client) => /flags=\w*b/.test(client));
};

const isWaiting = ({ admin }: Scene): Promise<unknown> =>
  eventually(async () => (await blocked(admin)).length > 0, { what: "a consumer that waits" });

/** One message after the other comes, then several at once. */
async function expectServed({ worker, inbox, caller, queue }: Scene): Promise<void> {
  let count = inbox.deliveries.length;
  const expectNext = async (...batch: readonly string[]): Promise<void> => {
    await send(caller.transport, ...batch.map((text) => message(queue, text)));
    const all = (await inbox.arrived((count += batch.length))).slice(-batch.length);
    expect(textsOf(all)).toEqual(batch);
    expect(all.map(({ redeliveries }) => redeliveries)).toEqual(batch.map(() => 0));
    await done(worker.transport, all);
  };
  for (const text of ["a", "b", "c"]) await expectNext(text);
  await expectNext("d", "e", "f");
  expect(inbox.deliveries).toHaveLength(count);
  await caller.transport.declare([{ name: queue }]); // n.b. it may have been forgotten
  const depths = await caller.transport.depths();
  const { waiting, owned } = depths.find((depth) => depth.queue === queue)!;
  expect([waiting, owned]).toEqual([0, 0]);
}

describe("redis, a consumer that waits", () => {
  expectNothingLeftRunning();

  it("is served after its waiting connections were killed", async () => {
    const here = await scene();
    for (const client of await blocked(here.admin)) {
      const up = here.worker.told.next("up");
      await here.admin.client("KILL", "ID", /\bid=(\d+)/.exec(client)![1]!);
      await up;
      await isWaiting(here);
    }
    await expectServed(here);
  });

  it("is served once its waiting was ended by somebody", async () => {
    const here = await scene();
    for (const client of await blocked(here.admin)) {
      await here.admin.client("UNBLOCK", /\bid=(\d+)/.exec(client)![1]!, "ERROR");
    }
    await expectServed(here);
    expect(here.worker.told.errors).toEqual([]);
  });

  it("is served after the server was started again", async () => {
    const here = await scene();
    const up = here.worker.told.next("up");
    await here.server.restart();
    await up;
    await expectServed(here);
  });

  it("is served after the server forgot all scripts", async () => {
    const here = await scene();
    await here.admin.script("FLUSH");
    await expectServed(here);
  });

  it("is served after the server forgot everything", async () => {
    const here = await scene();
    await here.admin.flushall();
    await send(here.caller.transport, message(here.queue, "one"));
    await done(here.worker.transport, (await here.inbox.arrived(2)).slice(1));
    await here.admin.flushall();
    await eventually(async () => (await here.admin.keys("*:l:*")).length > 0, { what: "a new lease" });
    await expectServed(here);
    expect(here.worker.told.errors).toEqual([]);
  });

  it("leaves to others what comes as it closes, uncounted", async () => {
    const here = await scene();
    await Promise.all([close(here.worker), send(here.caller.transport, ...messages(here.queue, 2))]);
    await send(here.caller.transport, message(here.queue, "after"));
    const { inbox } = await consume(here.caller.transport, here.queue, 4);
    const all = await inbox.arrived(3);
    expect(all.map(({ redeliveries }) => redeliveries)).toEqual([0, 0, 0]);
    await done(here.caller.transport, all);
  });

  it("leaves nothing waiting on a server that takes no writes for a while", async () => {
    const here = await scene();
    await here.admin.config("SET", "min-replicas-to-write", "1");
    for (const client of await blocked(here.admin)) {
      await here.admin.client("UNBLOCK", /\bid=(\d+)/.exec(client)![1]!, "ERROR");
    }
    await here.admin.config("SET", "min-replicas-to-write", "0");
    await expectServed(here);
  });
});
