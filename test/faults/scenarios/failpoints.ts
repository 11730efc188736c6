import { writeFile } from "node:fs/promises";
import { tempDir } from "../../support/temp-dir.js";
import type { Fault, Run, Scenario } from "../fault.js";
import { type Fleet, LEASE_MS } from "../fleet.js";
import type { CallSpec, Producer } from "../fleet-processes.js";

const ONE_PROCESS = { none: "the broker is the process that dies, and what it holds ends with it" };

const BOUND_MS = LEASE_MS + 2_000;

const RETRIED: CallSpec = { task: "flaky", args: [2, "200ms"], maxRetries: 2 };
/** n.b. whoever dies reads no results: others' calls are looked at, his are not. */
const UNREAD: CallSpec = { task: "work", args: [5], options: { ignoreResult: true } };

/** A moment at which a process dies: the second time that it comes there, so that it has done some work. */
const dieAt = (point: string, time = 2): string => `${point}=kill@${time}`;

/** Producers die, one at each of these points. */
async function dieSending(fleet: Fleet, points: readonly string[]): Promise<void> {
  for (const point of points) {
    const producer = await fleet.producer({}, { fail: dieAt(point) });
    await producer.load(UNREAD, 10, 50);
    await fleet.ended(producer.part);
  }
}

/** Workers die under load, one at each of these points. */
async function dieWorking(fleet: Fleet, points: readonly string[]): Promise<void> {
  for (const point of points) await fleet.ended(await fleet.worker({ fail: dieAt(point) }));
}

/**
 * Workers are told to stop in the middle of a task that does not end, and die at each of these points of handing it back. Each has a
 * queue to itself, until another worker is there to go on.
 */
async function dieReleasing(fleet: Fleet, producer: Producer, points: readonly string[]): Promise<void> {
  const end = `${await tempDir()}/end`;
  for (const point of points) {
    const worker = { queues: [`held-${point}`], gracePeriod: "100ms" } as const;
    await producer.call({ task: "hold", args: [end], options: { queue: `held-${point}` } });
    const victim = await fleet.worker({ fail: dieAt(point, 1), worker });
    await fleet.started(1, victim);
    await fleet.worker({ worker });
    victim.child.signal("SIGTERM");
    await fleet.ended(victim);
  }
  await writeFile(end, "");
}

/** What a transport passes on the way of a task. */
interface Points {
  readonly work: readonly string[];
  readonly release: readonly string[];
}

const dieEverywhere =
  ({ work, release }: Points): Scenario =>
  async (fleet) => {
    const producers = await Promise.all([fleet.producer(), fleet.producer()]);
    await fleet.worker();
    await producers[0].load({ task: "work", args: [5] }, 10, 100);
    await producers[1].load(RETRIED, 5, 100);
    await dieSending(fleet, ["send.before", "send.after"]);
    await dieWorking(fleet, work);
    await Promise.all(producers.map((producer) => producer.pause()));
    await dieReleasing(fleet, producers[0], release);
  };

const WHOLE: Points = {
  work: ["fetch.after", "settle.before", "settle.after"],
  release: ["settle.before", "settle.after"],
};
const IN_STEPS: Points = {
  work: [...WHOLE.work, "settle.between"],
  release: [...WHOLE.release, "settle.between"],
};

/** Tasks are retried under load; a worker dies at each of these points of a retry, another goes on. */
const dieRetrying =
  (...points: readonly string[]): Scenario =>
  async (fleet) => {
    const producer = await fleet.producer();
    await fleet.worker();
    await producer.load(RETRIED, 5, 100);
    await dieWorking(fleet, points);
    await producer.pause();
  };

const RETRIED_AT_ONCE: Run = { run: dieRetrying("settle.before", "settle.after"), boundMs: BOUND_MS };

export const failpoints: readonly Fault[] = [
  {
    id: "F29",
    title: "SIGKILL of a worker in the middle of a retry",
    expected:
      "no retry is lost; where a retry is one step there is one, on RabbitMQ there may be two of which one gives the result",
    cells: {
      memory: ONE_PROCESS,
      sqlite: RETRIED_AT_ONCE,
      redis: RETRIED_AT_ONCE,
      amqp: { run: dieRetrying("settle.before", "settle.between", "settle.after"), boundMs: 1_000 },
    },
  },
  {
    id: "F33",
    title: "SIGKILL at each named point of sending, fetching, settling and handing back",
    expected: "nothing that was sent is lost; what was under way runs again",
    cells: {
      memory: ONE_PROCESS,
      sqlite: { run: dieEverywhere(WHOLE), boundMs: BOUND_MS },
      redis: { run: dieEverywhere(WHOLE), quick: true, boundMs: BOUND_MS },
      amqp: { run: dieEverywhere(IN_STEPS), boundMs: 1_000 },
    },
  },
];
