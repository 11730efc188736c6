import { setTimeout as delay } from "node:timers/promises";
import type { Fault, Scenario } from "../fault.js";
import type { Fleet } from "../fleet.js";
import type { Part } from "../fleet-processes.js";
import { LEASE_MS } from "../fleet.js";

const COUNT = 4_000;
const WAVES = 8;
const FIRST_DUE_MS = 8_000;

/** Thousands of tasks that are due from in some seconds on, a wave every second. */
async function delayedCalls(fleet: Fleet): Promise<Part[]> {
  const producer = await fleet.producer();
  const workers = await fleet.workers(2);
  for (let wave = 0; wave < WAVES; wave++) {
    await producer.call({ task: "work", args: [0], delayMs: FIRST_DUE_MS + wave * 1_000 }, COUNT / WAVES);
  }
  return workers;
}

/** The broker dies while all of them wait, and again while the first of them run. */
const brokerDies: Scenario = async (fleet) => {
  await delayedCalls(fleet);
  // n.b. a queue of RabbitMQ that is younger than that may be gone with a SIGKILL
  await delay(3_000);
  const killIt = async (): Promise<void> => {
    await fleet.server.kill();
    await fleet.server.restart();
  };
  // n.b. nothing goes on after this one before the first are due
  fleet.note({ kind: "fault", by: "test", what: "the broker is killed while most wait" });
  await killIt();
  await fleet.started(COUNT / WAVES / 2);
  await fleet.fault("the broker is killed while some run", killIt);
};

/** All workers die while all of them wait, and one again while the first of them run. */
const workersDie: Scenario = async (fleet) => {
  const workers = await delayedCalls(fleet);
  for (const worker of workers) await fleet.kill(worker);
  const [first] = await fleet.workers(2);
  await fleet.started(COUNT / WAVES / 2);
  await fleet.kill(first!);
};

export const delayedTasks: readonly Fault[] = [
  {
    id: "F31",
    title: "4,000 delayed tasks wait while the broker is killed and started again",
    expected: "none is lost, none runs early",
    cells: {
      memory: { none: "the broker is the process itself: what it holds ends with it" },
      sqlite: { none: "there is no server: a file is there or not" },
      redis: { run: brokerDies, silent: true, boundMs: 5_000 },
      amqp: { run: brokerDies, silent: true, boundMs: 210_000, timeoutMs: 280_000 },
    },
  },
  {
    id: "F31b",
    title: "4,000 delayed tasks wait while all workers are killed",
    expected: "others run them when they are due; what the dead ones ran runs again within a lease",
    cells: {
      memory: { none: "the broker is the worker's own process, and dies with it" },
      sqlite: { run: workersDie, silent: true, boundMs: FIRST_DUE_MS + LEASE_MS + 2_000 },
      redis: { run: workersDie, silent: true, boundMs: FIRST_DUE_MS + LEASE_MS + 2_000 },
      amqp: { none: "a delayed task is not a worker's: F31, F1" },
    },
  },
];
