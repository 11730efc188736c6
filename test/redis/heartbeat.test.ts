import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Worker } from "node:worker_threads";
import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { consume } from "../conformance/inbox.js";
import { done, message, send } from "../conformance/messages.js";
import { certificates } from "../support/certificates.js";
import { type Child, spawnChild } from "../support/child.js";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RedisCluster } from "../support/redis-cluster.js";
import { RedisServer } from "../support/redis-server.js";
import { tlsQuery, tlsServer } from "../support/redis-tls.js";
import { within } from "../support/within.js";
import { openBoth } from "./opening.js";

const LEASE = { leaseMs: 900, heartbeatMs: 150 };

async function startConsumer(...args: readonly string[]): Promise<Child> {
  const child = spawnChild(new URL("./fixtures/consumer.ts", import.meta.url), { args });
  await child.line("the consumer's start", (line) => (line as { ready?: true }).ready);
  return child;
}

const idsOf = (child: Child): Promise<readonly string[]> =>
  child.line("a delivery", (line) => (line as { ids?: readonly string[] }).ids);

const settledBy = (child: Child): Promise<readonly string[]> =>
  child.line("settled", (line) => (line as { settled?: readonly string[] }).settled);

/** The threads that this process starts from now on. */
function threads(): readonly Worker[] {
  const started: Worker[] = [];
  const onStart = (event: unknown): void => void started.push((event as { readonly worker: Worker }).worker);
  subscribe("worker_threads", onStart);
  onTestFinished(() => void unsubscribe("worker_threads", onStart));
  return started;
}

const inTheClear = async (): Promise<string> => (await RedisServer.start()).url;

async function throughTls(): Promise<string> {
  const files = await certificates();
  const url = await tlsServer(files, "--tls-auth-clients", "yes");
  return url + tlsQuery(files);
}

describe("redis, the lease", () => {
  expectNothingLeftRunning();

  it.each([
    ["in the clear", inTheClear],
    ["through TLS", throughTls],
    ["in a Cluster", async () => (await RedisCluster.start()).url],
  ])(
    "is kept while the main thread is blocked for three leases, %s",
    async (_, server) => {
      const url = await server();
      const { transport } = await openBoth(url, LEASE);
      const blocked = await startConsumer(url, "q", "block", "2700");
      const one = message("q", "one");
      await send(transport, one);
      expect(await idsOf(blocked)).toEqual([one.id]);
      const { inbox } = await consume(transport, "q", 1);
      expect(await settledBy(blocked)).toEqual(["ok"]);
      expect(inbox.deliveries).toEqual([]);
      expect(blocked.stderr).toBe("");
    },
    60_000,
  );

  it("is kept when the thread that renews it dies", async () => {
    const started = threads();
    const { url } = await RedisServer.start();
    const { transport, told } = await openBoth(url, LEASE);
    await consume(transport, "another", 1);
    const { inbox } = await consume(transport, "q", 1);
    await send(transport, message("q", "one"));
    const [delivery] = await inbox.arrived(1);
    expect(started.length).toBe(1);
    for (let deaths = 1; deaths <= 3; deaths++) {
      await eventually(() => started.length === deaths, { what: "a thread" });
      await started.at(-1)!.terminate();
    }
    await eventually(() => started.length === 4, { what: "another thread" });
    expect(await transport.settle([{ delivery: delivery!, to: "done" }])).toEqual(["ok"]);
    expect(told).toMatchObject({ states: ["up"], errors: [] });
  });

  it("is renewed by no thread where nothing is consumed", async () => {
    const started = threads();
    const { url } = await RedisServer.start();
    const { transport, results } = await openBoth(url, LEASE);
    await send(transport, message("q", "one"));
    await results.get(["none"]);
    expect(started.length).toBe(0);
  });

  it("does not keep a process that has stopped consuming, and closes nothing", async () => {
    const { url } = await RedisServer.start();
    const { transport } = await openBoth(url, LEASE);
    const consumer = await startConsumer(url, "q", "stop");
    await send(transport, message("q", "one"));
    expect(await settledBy(consumer)).toEqual(["ok"]);
    expect(await within("its end", consumer.exited)).toEqual({ code: 0, signal: null });
  });

  it("ends with its process: what a killed one owned comes back", async () => {
    const { url } = await RedisServer.start();
    const { transport } = await openBoth(url, LEASE);
    const killed = await startConsumer(url, "q", "block", "60000");
    await send(transport, message("q", "one"));
    await idsOf(killed);
    const { inbox } = await consume(transport, "q", 1);
    await killed.kill();
    const again = await inbox.arrived(1);
    expect(again).toMatchObject([{ redeliveries: 1 }]);
    await done(transport, again);
  });
});

describe("redis, an idle worker", () => {
  expectNothingLeftRunning();

  it("makes at most one command a second", async () => {
    const server = await RedisServer.start();
    const { transport } = await openBoth(server.url);
    await transport.listen("control", () => {});
    await consume(transport, "q", 10);
    const admin = new Redis(server.port);
    onTestFinished(() => admin.disconnect());
    const commands = async (): Promise<number> => {
      const calls = (await admin.info("commandstats")).matchAll(/^cmdstat_(?!info:)[^:]+:calls=(\d+)/gm);
      return [...calls].reduce((sum, [, count]) => sum + Number(count), 0);
    };
    const [before, since] = [await commands(), performance.now()];
    await eventually(() => performance.now() - since > 20_000, { within: 25_000, every: 200, what: "the window" });
    const made = (await commands()) - before;
    const seconds = (performance.now() - since) / 1_000;
    // n.b. what happens every ten seconds may fall into the window once more than its length says
    expect(made, `in ${seconds} s`).toBeLessThanOrEqual(seconds + 8);
  });
});
