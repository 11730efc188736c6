import { availableParallelism } from "node:os";
import { expect } from "vitest";
import type { Fault, Scenario } from "../fault.js";
import { LEASE_MS } from "../fleet.js";
import { ofKind, outcomesOf, settled, times } from "../outcomes.js";
import { countDead } from "../rest.js";

const THREADS = availableParallelism();
/** What a worker has when it is told nothing. */
const BY_DEFAULT = { worker: { threads: THREADS, concurrency: 10 * THREADS } };

/** 20 tasks of about a second; the worker is killed when some have ended, and another one started. */
const killOnce: Scenario = async (fleet) => {
  const producer = await fleet.producer();
  const worker = await fleet.worker(BY_DEFAULT);
  const spans = Array.from({ length: 20 }, (_, i) => 700 + 50 * i);
  await Promise.all(spans.map((ms) => producer.call({ task: "work", args: [ms] })));
  await fleet.until("5 tasks to end", (history) => ofKind(history, "end").length >= 5);
  await fleet.kill(worker);
  await fleet.worker(BY_DEFAULT);
  await settled(fleet, 20);
  expect(outcomesOf(fleet.history(), "work").states).toEqual(times(20, "SUCCESS"));
};

/** A task crashes the whole process of every worker that runs it; whoever starts workers starts another one. */
const crashWorkers: Scenario = async (fleet) => {
  const producer = await fleet.producer();
  await fleet.fault("a task crashes every worker that runs it", async () => {
    await producer.call({ task: "die", args: ["segfault"] });
    for (let death = 0; death < 4; death++) {
      const worker = fleet.spawnWorker();
      if (death === 0) await producer.call({ task: "work", args: [1_000] }, 20);
      expect(await fleet.ended(worker)).toEqual({ code: null, signal: "SIGSEGV" });
    }
    await fleet.worker();
    await settled(fleet, 1, "die");
  });
  await settled(fleet, 21);
  const [culprit, others] = [outcomesOf(fleet.history(), "die"), outcomesOf(fleet.history(), "work")];
  expect(culprit.states).toEqual(["WORKER_LOST"]);
  expect(culprit.starts.map(({ redeliveries }) => redeliveries)).toEqual([0, 1, 2, 3]);
  expect(others.states).toEqual(times(20, "SUCCESS"));
  expect(await countDead(fleet.broker.url, 1)).toBe(1);
};

const ONE_PROCESS = { none: "the broker is the worker's own process, and dies with it" };
const killed = (boundMs: number) => ({ run: killOnce, quick: true, boundMs });
/** n.b. those that were with it run one after the other, by a new worker each time that one crashes. */
const crashed = { run: crashWorkers, boundMs: 60_000 };
/** With the start of the other worker. */
const REPLACED_MS = 5_000;

export const workerCrashes: readonly Fault[] = [
  {
    id: "F1b",
    title: "20 tasks, the only worker killed in the middle, another one started",
    expected: "20 of 20 are done; Celery 5.2.6 as it comes does 11 of 20 on Redis, 18 of 20 on RabbitMQ",
    cells: {
      memory: ONE_PROCESS,
      sqlite: killed(LEASE_MS + REPLACED_MS),
      redis: killed(LEASE_MS + REPLACED_MS),
      amqp: killed(REPLACED_MS),
    },
  },
  {
    id: "F3c",
    title: "a task crashes native code in a pool thread, and with it every worker that runs it",
    expected:
      "it ends as FAILURE (`WORKER_LOST`) and a dead letter with the fourth worker; those that were with it succeed, one after the other",
    cells: {
      memory: ONE_PROCESS,
      sqlite: crashed,
      redis: crashed,
      amqp: crashed,
    },
  },
];
