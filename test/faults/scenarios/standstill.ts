import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { within } from "../../support/within.js";
import type { Fault, Scenario } from "../fault.js";
import { type Fleet, TIMES } from "../fleet.js";
import type { CallSpec, Part, Producer } from "../fleet-processes.js";
import { residentMb } from "../resident.js";

const STILL_MS = 12_000;
const PUBLISH_MS = 5_000;

/** n.b. an app that is closed is told of no more results. */
const UNREAD: CallSpec = { task: "work", args: [5], options: { ignoreResult: true } };
const FLOOD: CallSpec = { task: "swallow", args: ["x".repeat(1_000)], options: { ignoreResult: true } };
const FLOOD_CALLS = 5_000;
const FLOOD_MB = 100;

/** Calls more than can be taken, twice: all are told, and of the first ones nothing stays that would make the second ones grow. */
async function flood(producer: Producer): Promise<void> {
  await producer.call(FLOOD, FLOOD_CALLS);
  const before = await residentMb(producer.part);
  await producer.call(FLOOD, FLOOD_CALLS);
  expect((await residentMb(producer.part)) - before).toBeLessThan(FLOOD_MB);
}

/** Closes its app with calls under way, and leaves. */
async function leave(fleet: Fleet, producer: Producer): Promise<void> {
  const calling = producer.call(UNREAD, 10);
  await producer.finish(0);
  await Promise.all([calling, fleet.ended(producer.part)]);
}

/** A worker that is told to stop ends, although it can settle nothing. */
async function stop(fleet: Fleet, worker: Part): Promise<void> {
  worker.child.signal("SIGTERM");
  const { signal } = await within("the end of a worker that stops", fleet.ended(worker));
  expect(signal).toBeNull();
}

const standStill: Scenario = async (fleet) => {
  const app = { ...TIMES, publishTimeout: `${PUBLISH_MS}ms` } as const;
  const [loading, flooding, leaving] = await Promise.all([
    fleet.producer(app),
    fleet.producer(app),
    fleet.producer(app),
  ]);
  const [, stopping] = await fleet.workers(2);
  await loading.load({ task: "work", args: [5] }, 10, 100);
  await Promise.all([flooding, leaving].map((producer) => producer.call(UNREAD)));
  await fleet.started(50);
  await fleet.fault("the broker stands still", async () => {
    await fleet.server.suspend();
    try {
      await Promise.all([flood(flooding), leave(fleet, leaving), stop(fleet, stopping!), delay(STILL_MS)]);
    } finally {
      fleet.server.resume();
    }
  });
  await fleet.started(fleet.history().filter(({ kind }) => kind === "start").length + 50);
  await loading.pause();
};

export const standstill: readonly Fault[] = [
  {
    id: "F8",
    title: "the broker stands still (SIGSTOP) for 12 s, and goes on",
    expected:
      "calls reject at their deadline and keep little memory; apps and workers can be closed meanwhile; work goes on within 5 s",
    cells: {
      memory: { none: "broker, callers and worker are one process: it stands still as a whole, or not at all" },
      sqlite: { tests: { "sqlite/files.test.ts": ["says that the database is locked, certainly changed nothing"] } },
      redis: { run: standStill, boundMs: 5_000, silent: true },
      amqp: { run: standStill, boundMs: 5_000, silent: true },
    },
  },
];
