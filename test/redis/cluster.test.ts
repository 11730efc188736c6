import { defaultAmbient } from "@taskgen/core/internal";
import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { consume, consumeAndSettle } from "../conformance/inbox.js";
import { bytes, deadline, done, idsOf, message, messages, send, settle, textsOf } from "../conformance/messages.js";
import { record, seen } from "../conformance/results/records.js";
import { close } from "../conformance/scene.js";
import { spawnChild } from "../support/child.js";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { command, RedisCluster } from "../support/redis-cluster.js";
import type { RedisServer } from "../support/redis-server.js";
import { within } from "../support/within.js";
import { openBoth, type Opened } from "./opening.js";

const QUICK = { heartbeatMs: 300, leaseMs: 20_000 };

function adminOf({ port }: RedisServer): Redis {
  const admin = new Redis({ port, retryStrategy: () => null }).on("error", () => {});
  onTestFinished(() => admin.disconnect());
  return admin;
}

const keyOf = (queue: string): string => `{taskgen:${queue}}:w4`;

/** Names of queues, each on another master. */
async function queues(cluster: RedisCluster): Promise<[string, string, string]> {
  const found = new Map<RedisServer, string>();
  for (let i = 0; found.size < 3; i++) found.set((await cluster.ownerOf(keyOf(`q${i}`))).server, `q${i}`);
  return [...found.values()] as [string, string, string];
}

/** A queue's slot is to move: from now on both nodes know it. */
async function beginMove(cluster: RedisCluster, queue: string) {
  const { slot, server: from } = await cluster.ownerOf(keyOf(queue));
  const to = cluster.servers.find((server) => server !== from)!;
  const [fromId, toId] = [String(await command(from, "MYID")), String(await command(to, "MYID"))];
  await command(to, "SETSLOT", slot, "IMPORTING", fromId);
  await command(from, "SETSLOT", slot, "MIGRATING", toId);
  return { slot, from, to, toId };
}

const totals = async ({ transport }: Opened): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await transport.depths()).map(({ queue, waiting, delayed, owned }) => [queue, waiting + delayed + owned]),
  );

describe("redis as a Cluster", () => {
  expectNothingLeftRunning();

  it("retries into a queue of another node, there and back, each time once", async () => {
    const cluster = await RedisCluster.start();
    const here = await openBoth(cluster.url, QUICK);
    const [a, b] = await queues(cluster);
    const [first, second] = [await consume(here.transport, a, 10), await consume(here.transport, b, 10)];
    const [one, kept] = [message(a, "one"), message(a, "kept")];
    await send(here.transport, one, kept);
    const retry = async (from: typeof first, to: string, count: number): Promise<void> => {
      const delivery = (await from.inbox.arrived(count)).findLast(({ envelope }) => envelope.id === one.id)!;
      const next = { ...delivery.envelope, queue: to, body: bytes(`to ${to}`) };
      expect(await settle(here.transport, { delivery, to: "retry", next })).toEqual(["ok"]);
    };
    await retry(first, b, 2);
    await retry(second, a, 1);
    await retry(first, b, 3);
    const last = (await second.inbox.arrived(2))[1]!;
    expect(textsOf([last])).toEqual([`to ${b}`]);
    expect(await totals(here)).toMatchObject({ [a]: 1, [b]: 1 });
    const later = { ...last.envelope, queue: a, eta: Date.now() + 3_600_000 };
    const rest = first.inbox.deliveries.filter(({ envelope }) => envelope.id === kept.id);
    expect(
      await settle(here.transport, { delivery: last, to: "retry", next: later }, { delivery: rest[0]!, to: "done" }),
    ).toEqual(["ok", "ok"]);
    expect(await totals(here)).toMatchObject({ [a]: 1, [b]: 0 });
  });

  it("loses nothing when a worker dies between the two steps: it comes twice", async () => {
    const cluster = await RedisCluster.start();
    const here = await openBoth(cluster.url, QUICK);
    const [a, b] = await queues(cluster);
    const crash = (name: string): void => {
      if (name === "settle.between") throw new Error("crash");
    };
    const dying = await openBoth(cluster.url, {
      ...QUICK,
      heartbeatMs: 301,
      ambient: { ...defaultAmbient, failpoint: crash },
    });
    await send(here.transport, message(a, "one"));
    const { inbox } = await consume(dying.transport, a, 1);
    const [delivery] = await inbox.arrived(1);
    const next = { ...delivery!.envelope, queue: b };
    await expect(settle(dying.transport, { delivery: delivery!, to: "retry", next })).rejects.toThrow("crash");
    await close(dying);
    expect(await totals(here)).toMatchObject({ [a]: 1, [b]: 1 });
    const again = await consume(here.transport, a, 1);
    const [second] = await again.inbox.arrived(1);
    expect(await settle(here.transport, { delivery: second!, to: "retry", next })).toEqual(["ok"]);
    expect(await totals(here)).toMatchObject({ [a]: 0, [b]: 1 });
  });

  it("puts nothing elsewhere for a message that was lost", async () => {
    const cluster = await RedisCluster.start();
    const here = await openBoth(cluster.url, QUICK);
    const [a, b] = await queues(cluster);
    await send(here.transport, message(a, "one"));
    const { inbox } = await consume(here.transport, a, 1);
    const [delivery] = await inbox.arrived(1);
    const admin = adminOf((await cluster.ownerOf(keyOf(a))).server);
    await admin.del(await admin.keys("*:p:*"));
    const next = { ...delivery!.envelope, queue: b };
    expect(await settle(here.transport, { delivery: delivery!, to: "retry", next })).toEqual(["lost"]);
    expect(delivery!.lost.aborted).toBe(true);
    expect(await totals(here)).toEqual({ [a]: 0 });
  });

  it("knows an id as long as its message is there", async () => {
    const cluster = await RedisCluster.start();
    const { transport } = await openBoth(cluster.url, QUICK);
    const one = message("q", "one");
    expect(await transport.send([one, one], deadline())).toEqual(["stored", "duplicate"]);
    const { inbox } = await consume(transport, "q", 1);
    const owned = await inbox.arrived(1);
    expect(await transport.send([one], deadline())).toEqual(["duplicate"]);
    await done(transport, owned);
    await send(transport, one);
  });

  it("follows a slot to another node while it is used", async () => {
    const cluster = await RedisCluster.start();
    const { transport, told } = await openBoth(cluster.url, QUICK);
    const queue = "q";
    const { inbox, subscription } = await consumeAndSettle(transport, queue, 10);
    await send(transport, ...messages(queue, 3));
    await inbox.arrived(3);
    subscription.credit(0);
    await send(transport, message(queue, "on the way"));
    const { slot, from, to, toId } = await beginMove(cluster, queue);
    const keys = (await command(from, "GETKEYSINSLOT", slot, 100)) as string[];
    const admin = adminOf(from);
    const moved = keys.slice(0, keys.length / 2);
    await admin.call("MIGRATE", "127.0.0.1", to.port, "", 0, 5_000, "KEYS", ...moved);
    const meanwhile = transport.send([message(queue, "meanwhile")], AbortSignal.timeout(25_000));
    expect(await Promise.race([meanwhile, Promise.resolve("not yet")])).toBe("not yet");
    const rest = (await command(from, "GETKEYSINSLOT", slot, 100)) as string[];
    if (rest.length > 0) await admin.call("MIGRATE", "127.0.0.1", to.port, "", 0, 5_000, "KEYS", ...rest);
    for (const server of [to, from]) await command(server, "SETSLOT", slot, "NODE", toId);
    expect(await within("the send", meanwhile)).toEqual(["stored"]);
    expect((await cluster.ownerOf(keyOf(queue))).server).toBe(to);
    subscription.credit(10);
    await send(transport, message(queue, "after"));
    expect(
      textsOf(await inbox.arrived(6))
        .slice(3)
        .toSorted(),
    ).toEqual(["after", "meanwhile", "on the way"]);
    expect(told.errors).toEqual([]);
  });

  it("keeps a lease that is written while its slot is about to move", async () => {
    const cluster = await RedisCluster.start();
    const { transport } = await openBoth(cluster.url, QUICK);
    const queue = "q";
    const { inbox, subscription } = await consume(transport, queue, 1);
    await send(transport, message(queue, "one"));
    await inbox.arrived(1);
    const { from } = await beginMove(cluster, queue);
    const admin = adminOf(from);
    const [lease] = await admin.keys("*:l:*");
    await subscription.stop();
    await eventually(async () => (await admin.get(lease!)) === "0", { what: "a lease of who takes nothing now" });
  });

  it("is closed while it asks the node that a slot moves to", async () => {
    const cluster = await RedisCluster.start();
    const { transport } = await openBoth(cluster.url, QUICK);
    const { to } = await beginMove(cluster, "q");
    to.stop();
    const sending = transport.send([message("q", "one")], AbortSignal.timeout(1_000));
    expect(await sending).toMatchObject([{ code: "BROKER_UNAVAILABLE" }]);
    await transport.close(deadline());
    to.resume();
  });

  it("goes on when a master dies and its replica takes over", async () => {
    const cluster = await RedisCluster.start({ replicas: true });
    const { transport, results, told } = await openBoth(cluster.url, QUICK);
    const names = await queues(cluster);
    const inboxes = await Promise.all(names.map((name) => consume(transport, name, 2)));
    const batch = names.flatMap((name) => messages(name, 5));
    await send(transport, ...batch);
    const owned = (await Promise.all(inboxes.map(({ inbox }) => inbox.arrived(2)))).flat();
    const one = record(results, "8");
    const waiting = results.wait(one.id);
    const victim = (await cluster.ownerOf(keyOf(names[1]))).server;
    for (const server of cluster.servers.slice(0, 3)) await adminOf(server).wait(1, 5_000);
    const down = told.next("down");
    await victim.kill();
    await within("noticing", down, 20_000);
    const later = message(names[1], "later");
    const sending = transport.send([later], AbortSignal.timeout(40_000));
    expect(await within("the send", sending)).toEqual(["stored"]);
    await done(transport, owned);
    for (const { subscription } of inboxes) subscription.credit(100);
    const all = (await Promise.all(inboxes.map(({ inbox }, i) => inbox.arrived(i === 1 ? 6 : 5)))).flat();
    expect(idsOf(all).toSorted()).toEqual(idsOf([...batch, later]).toSorted());
    await results.put([one]);
    expect(seen(await within("a wait from before", waiting))).toBe("SUCCESS 8");
  }, 120_000);

  it("notices a node that is silent, and goes on when it speaks again", async () => {
    const cluster = await RedisCluster.start();
    const { transport, told } = await openBoth(cluster.url, QUICK);
    const [a] = await queues(cluster);
    const { inbox } = await consumeAndSettle(transport, a, 10);
    await send(transport, message(a, "before"));
    await inbox.arrived(1);
    const silent = (await cluster.ownerOf(keyOf(a))).server;
    const down = told.next("down");
    silent.stop();
    const sending = transport.send([message(a, "after")], AbortSignal.timeout(30_000));
    await within("noticing", down, 20_000);
    silent.resume();
    expect(await within("the send", sending)).toEqual(["stored"]);
    expect(textsOf(await inbox.arrived(2))).toEqual(["before", "after"]);
  });

  it("lets a client end by itself", async () => {
    const cluster = await RedisCluster.start();
    const child = spawnChild(new URL("./fixtures/client.ts", import.meta.url), { args: [cluster.url] });
    expect(await within("the end of the client", child.exited)).toEqual({ code: 0, signal: null });
    expect(child.stderr).toBe("");
    expect(child.lines).toMatchObject([{ state: "SUCCESS" }]);
  });

  it("uses credentials, and shows them nowhere", async () => {
    const cluster = await RedisCluster.start();
    for (const server of cluster.servers) await adminOf(server).config("SET", "requirepass", "s3cr:t");
    const url = (password: string): string => cluster.url.replace("//", `//:${encodeURIComponent(password)}@`);
    const { transport, results } = await openBoth(url("s3cr:t"), QUICK);
    const { inbox } = await consumeAndSettle(transport, "q", 10);
    await send(transport, message("q", "one"));
    await inbox.arrived(1);
    const one = record(results, "8");
    const waiting = results.wait(one.id);
    await results.put([one]);
    await within("the result", waiting);
    const refused = await openBoth(url("wr0ng")).catch((error: Error) => error);
    expect(refused).toMatchObject({ code: "BROKER_ERROR", message: expect.stringContaining("WRONGPASS") as string });
    expect(JSON.stringify([refused, (refused as Error).stack])).not.toMatch(/s3cr|wr0ng/);
  });
});
