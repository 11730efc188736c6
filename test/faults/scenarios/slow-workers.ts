import { expect } from "vitest";
import type { Fault, Scenario } from "../fault.js";
import { ofKind, outcomesOf, settled, times } from "../outcomes.js";

const SLOW = { paceMs: 400, worker: { concurrency: 2 } } as const;
const FAST = { paceMs: 5, worker: { concurrency: 4 } } as const;

/** 1,000 tasks for one slow worker and three fast ones. */
const oneIsSlow: Scenario = async (fleet) => {
  const producer = await fleet.producer();
  const slow = await fleet.worker(SLOW);
  await fleet.workers(3, FAST);
  await fleet.fault("one worker is slow", async () => {
    await producer.call({ task: "paced", args: [] }, 1_000);
    await settled(fleet, 1_000);
  });
  const { starts, states } = outcomesOf(fleet.history(), "paced");
  expect(states).toEqual(times(1_000, "SUCCESS"));
  expect(starts).toHaveLength(1_000);
  expect(ofKind(fleet.history(), "lost")).toEqual([]);
  // n.b. when the others begin nothing more, the broker has nothing more: what the slow one begins then, it had kept from them
  const last = starts.findLastIndex(({ by }) => by !== slow.name);
  expect(starts.length - 1 - last).toBeLessThanOrEqual(2 * SLOW.worker.concurrency);
};

const uneven = { run: oneIsSlow, boundMs: 2_000 };

export const slowWorkers: readonly Fault[] = [
  {
    id: "F15",
    title: "one slow worker and three fast ones share 1,000 tasks",
    expected: "the slow one owns no more than it runs: in the end it keeps nothing from the others",
    cells: {
      memory: { none: "there is one process: its workers share one event loop" },
      sqlite: uneven,
      redis: uneven,
      amqp: uneven,
    },
  },
];
