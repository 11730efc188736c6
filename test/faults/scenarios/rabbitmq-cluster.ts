import { setTimeout as delay } from "node:timers/promises";
import type { Fault, Scenario } from "../fault.js";
import { rabbitCluster, twoRabbits, writtenDown } from "../rabbitmq.js";
import type { Fleet } from "../fleet.js";

const OF_REDIS = { none: "Sentinel and Cluster are rows of their own" };
const elsewhere = {
  memory: { none: "is one process, with no second one to go to" },
  sqlite: { none: "is one file on one machine" },
  redis: OF_REDIS,
} as const;

const startsOf = (fleet: Fleet): number => fleet.history().filter(({ kind }) => kind === "start").length;

/** Two producers call under load, two workers run, all of them connected to the first node; that one is harmed and comes back. */
const harmNode =
  (harm: (fleet: Fleet) => Promise<void>): Scenario =>
  async (fleet) => {
    const producers = await Promise.all([fleet.producer(), fleet.producer()]);
    await fleet.workers(2);
    await writtenDown();
    await Promise.all(producers.map((producer) => producer.load({ task: "work", args: [5] }, 10, 200)));
    await fleet.started(100);
    await fleet.fault("a node is gone", () => harm(fleet));
    await fleet.started(startsOf(fleet) + 100);
    await Promise.all(producers.map((producer) => producer.pause()));
  };

const killNode = harmNode(async (fleet) => {
  await fleet.server.kill();
  await fleet.started(startsOf(fleet) + 100);
  await fleet.server.restart();
});

const suspendNode = harmNode(async (fleet) => {
  await fleet.server.suspend();
  const before = startsOf(fleet);
  await fleet.until("work on other nodes", () => startsOf(fleet) >= before + 100, 120_000);
  await delay(1_000);
  fleet.server.resume();
});

/** Two brokers that know nothing of each other: the first dies, comes back, and the second dies. */
const failOver: Scenario = async (fleet) => {
  const [first, second] = fleet.broker.rabbits!;
  const producer = await fleet.producer();
  await fleet.workers(2);
  await producer.load({ task: "work", args: [5] }, 10, 100);
  await fleet.started(100);
  await fleet.fault("the first broker is killed", () => first!.kill());
  await fleet.started(startsOf(fleet) + 100);
  await first!.restart();
  await producer.pause();
  await fleet.fault("the second broker is killed", () => second!.kill());
  await producer.load({ task: "work", args: [5] }, 10, 100);
  await fleet.started(startsOf(fleet) + 100);
  await producer.pause();
};

export const rabbitmqCluster: readonly Fault[] = [
  {
    id: "F35",
    title: "SIGKILL of the node of a RabbitMQ cluster of three that all are connected to, under load",
    expected: "all go on with the next node of their URL; nothing that was taken is lost; the node joins again",
    cells: { ...elsewhere, amqp: { run: killNode, place: rabbitCluster, boundMs: 15_000, timeoutMs: 300_000 } },
  },
  {
    id: "F35b",
    title: "the same node stands still: its connections stay open, and nothing answers (SIGSTOP)",
    expected:
      "after three heartbeats, and when RabbitMQ has given up the node (net_ticktime, here 10 s), all go on with the next one; nothing that was taken is lost",
    cells: {
      ...elsewhere,
      amqp: {
        run: suspendNode,
        place: rabbitCluster,
        server: ["net_ticktime = 10"],
        boundMs: 60_000,
        timeoutMs: 300_000,
      },
    },
  },
  {
    id: "F35c",
    title: "the first of two brokers that are not one cluster dies, then the second",
    expected:
      "producers and workers go on with the other one; what waits on a dead broker waits until that is used again",
    cells: {
      ...elsewhere,
      amqp: {
        run: failOver,
        place: twoRabbits,
        boundMs: 10_000,
        timeoutMs: 300_000,
        mayLose: "what a dead broker holds is seen again when clients come back to it, and nobody waits for that here",
      },
    },
  },
];
