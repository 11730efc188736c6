import { expect } from "vitest";
import type { Fault, Scenario } from "../fault.js";
import type { WorkerOptions } from "../fleet-processes.js";
import { mostRedeliveries, outcomesOf, settled, times } from "../outcomes.js";
import { deathsIn, PROCESSES, THREADS, warned, warningsOf } from "../pools.js";
import { poison } from "./pool-deaths.js";

/** Tasks return, and leave behind what fails later; others run beside them. */
const failLater =
  (options: Partial<WorkerOptions>): Scenario =>
  async (fleet) => {
    const producer = await fleet.producer();
    const worker = await fleet.worker(options);
    await fleet.fault("what tasks left behind fails", async () => {
      for (const how of ["rejection", "throw"]) {
        await producer.call({ task: "leak", args: [how, 100] });
        await producer.call({ task: "work", args: [300] }, 10);
        await warned(worker, `a leaked ${how}`);
      }
    });
    await producer.call({ task: "work", args: [10] }, 10);
    await settled(fleet, 32);
    const history = fleet.history();
    expect(outcomesOf(history, "leak").states).toEqual(times(2, "SUCCESS"));
    expect(outcomesOf(history, "work").states).toEqual(times(30, "SUCCESS"));
  };

/** Every task keeps 10 MB for ever. */
const recycle: Scenario = async (fleet) => {
  const producer = await fleet.producer();
  const worker = await fleet.worker({ worker: { ...PROCESSES.worker, concurrency: 4, maxMemoryPerChild: "150MB" } });
  await fleet.fault("tasks keep 600 MB for ever", async () => {
    await producer.call({ task: "keep", args: [10] }, 60);
    await settled(fleet, 60);
  });
  const { starts, states } = outcomesOf(fleet.history(), "keep");
  expect(states).toEqual(times(60, "SUCCESS"));
  expect(starts).toHaveLength(60);
  expect(mostRedeliveries(starts)).toBe(0);
  expect(deathsIn(worker)).toEqual([]);
  expect(warningsOf(worker).filter((text) => text.includes("maxMemoryPerChild")).length).toBeGreaterThanOrEqual(2);
  expect(new Set(starts.map(({ where }) => where)).size).toBeGreaterThanOrEqual(4);
};

const SMALL_HEAP = { ...PROCESSES, env: { NODE_OPTIONS: "--max-old-space-size=64" } };
const exhaust = { run: poison(SMALL_HEAP, ["memory"]), boundMs: 5_000 };
const BEHIND = { "worker/children.test.ts": ["survives the late %s of a job that has ended"] };
const inThreads = { run: failLater(THREADS), boundMs: 5_000 };
const inProcesses = { run: failLater(PROCESSES), boundMs: 5_000 };
const recycled = { run: recycle, boundMs: 5_000 };

export const poolLeaks: readonly Fault[] = [
  {
    id: "F4",
    title: "a promise or a timer that a task left behind fails later, in a pool thread",
    expected:
      "the task has succeeded; the thread is replaced and the error logged; what ran in it runs again, charged once; the worker lives on",
    cells: { memory: { tests: BEHIND }, sqlite: inThreads, redis: inThreads, amqp: inThreads },
  },
  {
    id: "F4b",
    title: "the same in a pool process",
    expected: "the same",
    cells: { memory: { tests: BEHIND }, sqlite: inProcesses, redis: inProcesses, amqp: inProcesses },
  },
  {
    id: "F5",
    title: "a task uses up the memory of its pool process",
    expected:
      "it ends as FAILURE (`WORKER_LOST`) and a dead letter after three redeliveries; others succeed; the worker lives on",
    cells: {
      memory: { tests: { "worker/children.test.ts": ["survives a job that uses up the heap"] } },
      sqlite: exhaust,
      redis: exhaust,
      amqp: exhaust,
    },
  },
  {
    id: "F5b",
    title: "tasks leak memory, and `maxMemoryPerChild` is set",
    expected: "processes are replaced before they run out of memory; no task runs twice, none is charged",
    cells: {
      memory: { tests: { "worker/recycling.test.ts": ["that uses too much memory"] } },
      sqlite: recycled,
      redis: recycled,
      amqp: recycled,
    },
  },
];
