import { expect } from "vitest";
import type { Fault, Scenario } from "../fault.js";
import { LEASE_MS } from "../fleet.js";
import type { WorkerOptions } from "../fleet-processes.js";
import { ofKind, outcomesOf, settled } from "../outcomes.js";

const BLOCKED = { task: "block", args: [3 * LEASE_MS] } as const;
const INLINE = { worker: { pool: "inline" } } as const satisfies Partial<WorkerOptions>;

/** A task blocks its event loop for three leases; another worker would take it if it could. */
const keepsIt =
  (options: Partial<WorkerOptions>): Scenario =>
  async (fleet) => {
    const producer = await fleet.producer();
    await fleet.workers(2, options);
    await fleet.fault("a task blocks its event loop", async () => {
      await producer.call(BLOCKED);
      await settled(fleet, 1);
    });
    const history = fleet.history();
    const { starts, states } = outcomesOf(history, "block");
    expect(states).toEqual(["SUCCESS"]);
    expect(starts.map(({ redeliveries }) => redeliveries)).toEqual([0]);
    expect(ofKind(history, "lost")).toEqual([]);
  };

/** The loop that is blocked is the one that answers the broker. */
const losesIt: Scenario = async (fleet) => {
  const producer = await fleet.producer();
  const inline = await fleet.worker(INLINE);
  await fleet.fault("a task blocks the worker's own event loop", async () => {
    await producer.call(BLOCKED);
    await fleet.started(1, inline);
    const other = await fleet.worker();
    await fleet.started(1, other);
  });
  await settled(fleet, 1);
  await fleet.until("the first worker to notice", (history) => ofKind(history, "lost").length > 0);
  const { starts, states } = outcomesOf(fleet.history(), "block");
  expect(states).toEqual(["SUCCESS"]);
  expect(starts.map(({ redeliveries }) => redeliveries)).toEqual([0, 1]);
};

const NO_LEASE = { none: "nothing has a lease there: who holds a task is the process itself" };
const threads = { run: keepsIt({}), boundMs: 0 };
const inline = { run: keepsIt(INLINE), boundMs: 0 };

export const blockedLoops: readonly Fault[] = [
  {
    id: "F6",
    title: "a task blocks the event loop of its pool thread for three leases",
    expected: "the lease is kept: it runs once",
    cells: { memory: NO_LEASE, sqlite: threads, redis: threads, amqp: threads },
  },
  {
    id: "F6b",
    title: "a task blocks the event loop of an `inline` worker for three leases",
    expected:
      "the same where a thread renews the lease; on RabbitMQ the connection ends, the task runs again elsewhere, and what the first run came to is dropped",
    cells: { memory: NO_LEASE, sqlite: inline, redis: inline, amqp: { run: losesIt, boundMs: 20_000 } },
  },
];
