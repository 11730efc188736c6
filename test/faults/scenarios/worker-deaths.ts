import type { Fault, Scenario } from "../fault.js";
import { LEASE_MS } from "../fleet.js";

const ONE_PROCESS = { none: "the broker is the worker's own process, and dies with it" };

/** 3 x 60 tasks, two workers; each time one that is busy is killed in the middle of a task, and replaced. */
const killWorkers: Scenario = async (fleet) => {
  const producer = await fleet.producer();
  let workers = await fleet.workers(2);
  for (const round of [0, 1, 2]) {
    const begun = round * 60;
    await producer.call({ task: "work", args: [200] }, 60);
    await fleet.started(begun + 10);
    const victim = await fleet.busyOne(workers);
    await fleet.kill(victim);
    workers = [...workers.filter((one) => one !== victim), await fleet.worker()];
  }
};

export const workerDeaths: readonly Fault[] = [
  {
    id: "F1",
    title: "SIGKILL of a worker in the middle of a task",
    expected: "what it ran runs again, in another worker, one redelivery counted",
    cells: {
      memory: ONE_PROCESS,
      sqlite: { run: killWorkers, boundMs: LEASE_MS + 2_000 },
      redis: { run: killWorkers, boundMs: LEASE_MS + 2_000 },
      amqp: { run: killWorkers, boundMs: 1_000 },
    },
  },
];
