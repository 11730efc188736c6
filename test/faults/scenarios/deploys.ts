import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { eventually } from "../../support/eventually.js";
import type { Fault, Scenario } from "../fault.js";
import type { Fleet } from "../fleet.js";
import { type Part, stop } from "../fleet-processes.js";

const older = new URL("../fixtures/older-registry.js", import.meta.url).href;
const parking = { maxParks: 1_000, backoff: "100ms", backoffMax: "500ms" } as const;
const EXPIRES_MS = 4_000;

/** Workers of a release that does not know a task yet are replaced one by one, while the task is called already. */
const rollOut: Scenario = async (fleet) => {
  const [producer, newer] = [await fleet.producer(), await fleet.producer()];
  const workers = await fleet.workers(2, { worker: { registry: older, unknownTasks: parking } });
  await producer.load({ task: "work", args: [5] }, 10, 50);
  await fleet.started(50);
  await newer.call({ task: "swallow", args: [1] }, 100);
  await Promise.race(workers.map(({ child }) => child.line("a parked task", isParked)));
  await fleet.fault("workers are replaced one by one", async () => {
    for (const worker of workers) {
      await fleet.worker();
      await leave(fleet, worker);
    }
  });
  await producer.pause();
};

const isParked = (line: unknown): true | undefined => "parked" in (line as object) || undefined;

/** SIGTERM: it finishes what it runs, and exits with 0. */
async function leave(fleet: Fleet, worker: Part): Promise<void> {
  expect((await stop(worker)).code).toBe(0);
  await fleet.ended(worker);
}

/** Calls expire while no worker is up; `between` is what happens meanwhile. */
const expireUnseen =
  (between: (fleet: Fleet) => Promise<void>): Scenario =>
  async (fleet) => {
    const producer = await fleet.producer();
    const worker = await fleet.worker();
    await producer.call({ task: "work", args: [5] }, 50);
    await fleet.started(50);
    await leave(fleet, worker);
    await producer.call({ task: "swallow", args: [1], expiresMs: EXPIRES_MS }, 50);
    const expired = Date.now() + EXPIRES_MS;
    await fleet.fault("no worker is up", async () => {
      await between(fleet);
      await eventually(() => Date.now() > expired, { what: "the time that they expire" });
    });
    await producer.call({ task: "work", args: [5] }, 50);
    await fleet.worker();
    await fleet.until("50 that expired", (history) => {
      const ends = history.filter((one) => one.kind === "outcome" && one.state === "REVOKED");
      return ends.length === 50;
    });
  };

const restartBroker = async ({ server }: Fleet): Promise<void> => {
  await server.kill();
  await server.restart();
};

/** n.b. RabbitMQ writes down a new quorum queue up to a second after it has confirmed messages for it. */
const restartRabbit = async (fleet: Fleet): Promise<void> => {
  await delay(3_000);
  await restartBroker(fleet);
};

const REVOKED = {
  "cancel/waiting.ts": [
    "in the queue, its worker busy",
    "before it is sent",
    "with no worker up, and then one starts",
    "with no worker up: the wait ends",
    "delayed: async",
    "for a retry",
  ],
  "cancel/lasting.ts": ["after a restart of the worker"],
  "cancel/running.ts": ["acknowledged early", "a loop that asks at checkpoints"],
} as const;

export const deploys: readonly Fault[] = [
  {
    id: "F45",
    title: "a task is called before its workers are deployed",
    expected: "workers that do not know it put it back, for ten minutes by default; the first that does runs it",
    cells: {
      memory: { tests: { "engine/engine.test.ts": ["hands a parked task to the worker that knows it"] } },
      sqlite: { run: rollOut, boundMs: 2_000 },
      redis: { run: rollOut, quick: true, boundMs: 2_000 },
      amqp: { run: rollOut, boundMs: 2_000 },
    },
  },
  {
    id: "F45b",
    title: "messages of an older contract are in the queue when workers of a newer one start, and the other way round",
    expected: "each is upcast, run, or a dead letter with CONTRACT_MISMATCH; none is lost",
    cells: {
      memory: { tests: { "contract-run/checked.test.ts": ["rejects what does not, each with its reason"] } },
      sqlite: { tests: { "contract-run/deploy.test.ts": ["loses none of 200 messages of the old contract"] } },
      redis: { tests: { "contract-run/deploy.test.ts": ["loses none of 200 messages of the old contract"] } },
      amqp: { tests: { "contract-run/deploy.test.ts": ["loses none of 200 messages of the old contract"] } },
    },
  },
  {
    id: "F46",
    title: "calls expire while no worker is up, and the broker is killed meanwhile",
    expected: "they end as REVOKED with TASK_EXPIRED, and do not run; others do",
    cells: {
      memory: { tests: { "engine/engine.test.ts": ["revokes what expired, before and without running it"] } },
      sqlite: { run: expireUnseen(async () => {}), boundMs: 3_000 },
      redis: { run: expireUnseen(restartBroker), boundMs: 3_000 },
      amqp: { run: expireUnseen(restartRabbit), boundMs: 3_000 },
    },
  },
  {
    id: "F47",
    title:
      "a task is revoked: before it is sent, while it waits, for its time or for a worker, while it runs, while all workers are down",
    expected:
      "its caller is told at once; no worker begins it, and one that runs it is told to stop; with the replies of RabbitMQ this holds for workers that are up",
    cells: {
      memory: { tests: REVOKED },
      sqlite: { tests: REVOKED },
      redis: { tests: REVOKED },
      amqp: { tests: REVOKED },
    },
  },
];
