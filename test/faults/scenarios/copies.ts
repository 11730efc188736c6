import { setTimeout as delay } from "node:timers/promises";
import { connect } from "amqplib";
import { Redis } from "ioredis";
import { expect } from "vitest";
import type { Fault, Scenario } from "../fault.js";
import { type Fleet, LEASE_MS } from "../fleet.js";
import type { CallSpec } from "../fleet-processes.js";

const ONE_PROCESS = { none: "the broker is the caller's own process, and dies with it" };

const WORK: CallSpec = { task: "work", args: [50] };

const idsOf = (fleet: Fleet): string[] => [
  ...new Set(fleet.history().flatMap((one) => (one.kind === "call" ? [one.id] : []))),
];

/** Producers die before and after the broker has taken what they sent; another one sends all of it again, by the same ids. */
const sendAgain: Scenario = async (fleet) => {
  const heir = await fleet.producer();
  await fleet.fault("callers die", async () => {
    for (const point of ["send.before", "send.after"]) {
      const producer = await fleet.producer({}, { fail: `${point}=kill` });
      await Promise.allSettled([producer.call(WORK, 20), fleet.ended(producer.part)]);
    }
    await Promise.all(idsOf(fleet).map((taskId) => heir.call({ ...WORK, options: { taskId } })));
    await fleet.workers(2);
  });
  const ids = idsOf(fleet);
  expect(ids.length).toBe(40);
  await heir.finish(60_000);
  await fleet.ended(heir.part);
  expectOneResultEach(fleet, ids);
};

/** n.b. where a message is recognised it also runs once. */
function expectOneResultEach(fleet: Fleet, ids: readonly string[]): void {
  const history = fleet.history();
  const count = (kind: string, id: string): number =>
    history.filter((one) => one.kind === kind && "id" in one && one.id === id).length;
  expect(ids.filter((id) => count("outcome", id) !== 1)).toEqual([]);
  if (fleet.place.dedupe) expect(ids.filter((id) => count("start", id) !== 1)).toEqual([]);
}

/** Twenty calls wait; each message is copied behind the transport's back; two workers take all. */
const copying =
  (copy: (url: string) => Promise<number>): Scenario =>
  async (fleet) => {
    const producer = await fleet.producer();
    await producer.call(WORK, 20);
    await fleet.fault("messages are copied", async () => {
      expect(await copy(fleet.broker.url)).toBe(20);
      await fleet.workers(2);
    });
  };

async function copyInRabbit(url: string): Promise<number> {
  const model = await connect(url);
  const channel = await model.createConfirmChannel();
  const queue = "taskgen.default";
  let count = 0;
  for (let message = await channel.get(queue); message !== false; message = await channel.get(queue)) {
    for (const _ of [1, 2]) channel.publish("", queue, message.content, message.properties);
    channel.ack(message);
    if (++count === 20) break;
  }
  await channel.waitForConfirms();
  await model.close();
  return count;
}

async function copyInRedis(url: string): Promise<number> {
  const redis = new Redis(url);
  const keys = await redis.keys("*");
  let count = 0;
  for (const key of keys) {
    if (!key.includes("default") || (await redis.type(key)) !== "list") continue;
    const messages = (await redis.lrangeBuffer(key, 0, -1)).filter(({ length }) => length > 1);
    if (messages.length > 0) await redis.rpush(key, ...messages);
    count += messages.length;
  }
  redis.disconnect();
  return count;
}

/** A worker in the middle of tasks stands still for longer than its lease, then goes on as if nothing had happened. */
const standStill: Scenario = async (fleet) => {
  const producer = await fleet.producer();
  const workers = await fleet.workers(2);
  const calling = producer.call({ task: "work", args: [300] }, 100);
  await fleet.started(30);
  const victim = await fleet.busyOne(workers);
  await fleet.fault("a worker stands still", async () => {
    victim.child.signal("SIGSTOP");
    await delay(LEASE_MS + 3_000);
    victim.child.signal("SIGCONT");
  });
  await producer.call({ task: "work", args: [300] }, 40);
  await calling;
};

const ZOMBIE = { run: standStill, boundMs: 2_000, silent: true };

export const copies: readonly Fault[] = [
  {
    id: "F13",
    title: "a caller dies before or after the broker has its calls, and another one sends them again by the same ids",
    expected:
      "each call has one result; it also runs once, unless the broker is RabbitMQ, which does not recognise ids",
    cells: {
      memory: ONE_PROCESS,
      sqlite: { run: sendAgain, quick: true, boundMs: 1_000, silent: true },
      redis: { run: sendAgain, boundMs: 1_000, silent: true },
      amqp: { run: sendAgain, boundMs: 1_000, silent: true },
    },
  },
  {
    id: "F14",
    title: "messages are in their queue twice",
    expected: "a task may run twice at the same time; the first result is the result, for everyone",
    cells: {
      memory: { none: "nobody but the broker can write into its queue" },
      sqlite: { none: "an id is one row of a table: there cannot be two" },
      redis: { run: copying(copyInRedis), boundMs: 1_000, silent: true },
      amqp: { run: copying(copyInRabbit), boundMs: 1_000, silent: true },
    },
  },
  {
    id: "F14b",
    title: "a worker stands still for longer than its lease, and goes on with tasks that others have by now",
    expected: "they run twice; the late results are dropped, and the worker takes new tasks",
    cells: {
      memory: { none: "the broker stands still with the worker: they are one process" },
      sqlite: ZOMBIE,
      redis: ZOMBIE,
      amqp: ZOMBIE,
    },
  },
];
