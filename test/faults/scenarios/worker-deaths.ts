import type { Fault, Scenario } from "../fault.js";
import { LEASE_MS } from "../fleet.js";

const ONE_PROCESS = { none: "the broker is the worker's own process, and dies with it" };

/** 200 tasks, two workers; three times the one that is busy is killed in the middle of a task, and replaced. */
const killWorkers: Scenario = async (fleet) => {
  const producer = await fleet.producer();
  let workers = await fleet.workers(2);
  const calling = producer.call({ task: "work", args: [100] }, 200);
  for (const share of [20, 80, 140]) {
    await fleet.started(share);
    const victim = await fleet.busyOne(workers);
    await fleet.kill(victim);
    workers = [...workers.filter((one) => one !== victim), await fleet.worker()];
  }
  await calling;
};

export const workerDeaths: readonly Fault[] = [
  {
    id: "F1",
    title: "SIGKILL of a worker in the middle of a task",
    expected: "what it ran runs again, in another worker, one redelivery counted",
    cells: {
      memory: ONE_PROCESS,
      sqlite: { run: killWorkers, quick: true, boundMs: LEASE_MS + 2_000 },
      redis: { run: killWorkers, quick: true, boundMs: LEASE_MS + 2_000 },
      amqp: { run: killWorkers, quick: true, boundMs: 1_000 },
    },
  },
];
