import { type Delivery, type Fused } from "@taskgen/core/internal";
import { Redis } from "ioredis";
import { describe, it, onTestFinished } from "vitest";
import { deadline, messages, message } from "../conformance/messages.js";
import { record } from "../conformance/results/records.js";
import { expectWithin } from "../support/budget.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RedisServer } from "../support/redis-server.js";
import { within } from "../support/within.js";
import { openBoth, type Opened } from "./opening.js";

/** How often each command ran inside the server, those of scripts too. */
async function commandsOf(admin: Redis): Promise<ReadonlyMap<string, number>> {
  const lines = (await admin.info("commandstats")).matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm);
  return new Map([...lines].map(([, name, calls]) => [name!, Number(calls)]));
}

/** What `act` makes the server do. */
async function counted(admin: Redis, act: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  const before = await commandsOf(admin);
  await act();
  const after = await commandsOf(admin);
  const more = [...after].map(([name, calls]) => [name, calls - (before.get(name) ?? 0)] as const);
  return Object.fromEntries(more.filter(([name, calls]) => calls > 0 && name !== "info"));
}

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, n) => sum + n, 0);

interface Pair {
  readonly caller: Opened;
  readonly worker: Opened;
  readonly admin: Redis;
}

/** A caller and a worker on sockets of their own, as in two processes. */
async function pair(): Promise<Pair> {
  const server = await RedisServer.start();
  const admin = new Redis(server.port);
  onTestFinished(() => admin.disconnect());
  const caller = await openBoth(server.url, { heartbeatMs: 5_000 });
  const worker = await openBoth(server.url, { heartbeatMs: 5_001 });
  return { caller, worker, admin };
}

const finishAll = (fused: Fused, { results }: Opened, batch: readonly Delivery[]): Promise<unknown> =>
  fused.finish(
    batch.map((delivery) => ({
      settlement: { delivery, to: "done" },
      record: { ...record(results, "8", { id: delivery.envelope.id }), replyTo: delivery.envelope.replyTo },
    })),
  );

describe("redis, what a task costs", () => {
  expectNothingLeftRunning();

  it("takes at most a tenth of a round trip and three commands at steady load, results stored", async () => {
    const { caller, worker, admin } = await pair();
    const COUNT = 10_000;
    const replyTo = caller.results.address!();
    await worker.transport.consume("q", 500, (batch) => void finishAll(worker.fused, caller, batch));
    const trips = (): number => caller.transport.roundTrips + worker.transport.roundTrips;
    const before = trips();
    const counts = await counted(admin, async () => {
      const batch = messages("q", COUNT).map((one) => ({ ...one, replyTo }));
      const waits: Promise<unknown>[] = [];
      for (let at = 0; at < COUNT; at += 500) {
        const sent = batch.slice(at, at + 500);
        await caller.transport.send(sent, deadline());
        waits.push(...sent.map(({ id }) => caller.results.wait(id)));
      }
      await within("all results", Promise.all(waits));
    });
    expectWithin("redis.trips", (trips() - before) / COUNT);
    expectWithin("redis.task", total(counts) / COUNT);
  });

  it("takes at most ten commands for an awaited call", async () => {
    const { caller, worker, admin } = await pair();
    const replyTo = caller.results.address!();
    await worker.transport.consume("q", 10, (batch) => void finishAll(worker.fused, caller, batch));
    const call = async (): Promise<void> => {
      const one = { ...message("q", "one"), replyTo };
      await caller.transport.send([one], deadline());
      await within("the result", caller.results.wait(one.id));
    };
    await call();
    const CALLS = 50;
    const counts = await counted(admin, async () => {
      for (let n = 0; n < CALLS; n++) await call();
    });
    expectWithin("redis.call", total(counts) / CALLS);
  });
});
