import { expect } from "vitest";
import type { Fault, Scenario } from "../fault.js";
import { type Fleet, runningIn } from "../fleet.js";
import type { Part, WorkerOptions } from "../fleet-processes.js";
import { mostRedeliveries, ofKind, outcomesOf, settled, times } from "../outcomes.js";
import { countDead } from "../rest.js";
import { deathsIn, PROCESSES, THREADS } from "../pools.js";

/** A pool process that runs something, other than these. */
async function busyProcess(fleet: Fleet, { name }: Part, gone: ReadonlySet<number>): Promise<number> {
  let found: number | undefined;
  await fleet.until("a busy pool process", (history) => {
    const running = new Set(runningIn(history, name));
    const pids = ofKind(history, "start").flatMap(({ run, where }) =>
      running.has(run) ? [Number.parseInt(where!)] : [],
    );
    return (found = pids.findLast((pid) => !gone.has(pid))) !== undefined;
  });
  return found!;
}

/** 3 x 20 tasks in two pool processes; each time one of the two is killed in the middle. */
const killPoolProcesses: Scenario = async (fleet) => {
  const producer = await fleet.producer();
  const worker = await fleet.worker(PROCESSES);
  const killed = new Set<number>();
  for (const round of [1, 2, 3]) {
    await producer.call({ task: "work", args: [500] }, 20);
    const pid = await busyProcess(fleet, worker, killed);
    await fleet.fault("a pool process is killed", async () => process.kill(pid, "SIGKILL"));
    killed.add(pid);
    await settled(fleet, round * 20);
  }
  const { starts, states } = outcomesOf(fleet.history(), "work");
  expect(states).toEqual(times(60, "SUCCESS"));
  expect(deathsIn(worker)).toHaveLength(3);
  expect(mostRedeliveries(starts)).toBe(1);
};

/** A task blocks one of two threads beyond its time limit; the thread is ended, with nine others in it. */
const endThreads: Scenario = async (fleet) => {
  const producer = await fleet.producer();
  const worker = await fleet.worker(THREADS);
  await fleet.fault("a task blocks its thread beyond its time limit", async () => {
    await producer.call({ task: "work", args: [1_500] }, 9);
    await producer.call({ task: "block", args: [600_000], options: { timeLimit: "1s" } });
    await producer.call({ task: "work", args: [100] }, 30);
    await settled(fleet, 1, "block");
  });
  await settled(fleet, 40);
  const history = fleet.history();
  const [blocked, others] = [outcomesOf(history, "block"), outcomesOf(history, "work")];
  expect(blocked.states).toEqual(["TIME_LIMIT_EXCEEDED"]);
  expect(blocked.starts).toHaveLength(1);
  expect(others.states).toEqual(times(39, "SUCCESS"));
  // n.b. who shared the thread runs again, and is not charged
  expect(mostRedeliveries(others.starts)).toBe(0);
  expect(deathsIn(worker)).toEqual([]);
};

/** Tasks that end whatever runs them, each in its own way, among 60 that do nothing wrong. */
export const poison =
  (options: Partial<WorkerOptions>, ways: readonly string[]): Scenario =>
  async (fleet) => {
    const producer = await fleet.producer();
    const worker = await fleet.worker(options);
    await producer.call({ task: "work", args: [50] }, 30);
    await fleet.fault(`tasks end their pool's children: ${ways.join(", ")}`, async () => {
      await Promise.all(ways.map((way) => producer.call({ task: "die", args: [way] })));
      await producer.call({ task: "work", args: [50] }, 30);
      await settled(fleet, ways.length, "die");
    });
    await settled(fleet, 60 + ways.length);
    const history = fleet.history();
    const [culprits, others] = [outcomesOf(history, "die"), outcomesOf(history, "work")];
    expect(culprits.states).toEqual(times(ways.length, "WORKER_LOST"));
    expect(culprits.starts.length).toBeLessThanOrEqual(4 * ways.length);
    expect(others.states).toEqual(times(60, "SUCCESS"));
    expect(mostRedeliveries(others.starts)).toBeLessThanOrEqual(1);
    expect(deathsIn(worker).length).toBeGreaterThanOrEqual(4);
    expect(await countDead(fleet.broker.url, ways.length)).toBe(ways.length);
  };

const HOW_POOLS_DIE = {
  "worker/children.test.ts": ["takes no other job's result with it; the culprit ends after its redeliveries"],
  "engine/processes.test.ts": ["ends a task that crashes its process after its redeliveries, and goes on"],
} as const;

const inProcesses = (ways: readonly string[]) => ({ run: poison(PROCESSES, ways), boundMs: 5_000 });
const WAYS = ["exit0", "exit1", "abort", "segfault"];
const EXITS = ["exit0", "exit1"];

export const poolDeaths: readonly Fault[] = [
  {
    id: "F2",
    title: "SIGKILL of a pool process",
    expected:
      "the worker lives on; what the process ran runs again at once, without a lease to wait for, charged with one redelivery; a new process takes its place",
    cells: {
      memory: { tests: { "worker/processes.test.ts": ["is replaced when something else ends it"], ...HOW_POOLS_DIE } },
      sqlite: { run: killPoolProcesses, boundMs: 5_000 },
      redis: { run: killPoolProcesses, boundMs: 5_000 },
      amqp: { run: killPoolProcesses, boundMs: 5_000 },
    },
  },
  {
    id: "F2b",
    title: "a pool thread is ended by force",
    expected:
      "the task that blocked it has failed already; what shared the thread runs again in another one and is not charged",
    cells: {
      memory: {
        tests: { "worker/children.test.ts": ["ends a child at once that stands still, and runs those beside again"] },
      },
      sqlite: { run: endThreads, boundMs: 5_000 },
      redis: { run: endThreads, boundMs: 5_000 },
      amqp: { run: endThreads, boundMs: 5_000 },
    },
  },
  {
    id: "F3",
    title: "tasks call process.exit(0), process.exit(1), process.abort(), or crash native code, in pool processes",
    expected:
      "each ends as FAILURE (`WORKER_LOST`) and a dead letter after three redeliveries; whoever shared a process with them is charged once at most, and succeeds",
    cells: {
      memory: { tests: HOW_POOLS_DIE },
      sqlite: inProcesses(WAYS),
      redis: { ...inProcesses(WAYS), quick: true },
      amqp: inProcesses(WAYS),
    },
  },
  {
    id: "F3b",
    title: "tasks call process.exit(0) and process.exit(1) in pool threads",
    expected: "the same as in processes; the worker lives on",
    cells: {
      memory: { tests: HOW_POOLS_DIE },
      sqlite: { run: poison(THREADS, EXITS), boundMs: 5_000 },
      redis: { run: poison(THREADS, EXITS), boundMs: 5_000 },
      amqp: { run: poison(THREADS, EXITS), boundMs: 5_000 },
    },
  },
];
