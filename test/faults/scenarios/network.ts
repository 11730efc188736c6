import { setTimeout as delay } from "node:timers/promises";
import type { TcpProxy } from "../../support/tcp-proxy.js";
import type { Fault, Run, Scenario } from "../fault.js";
import { type Fleet, LEASE_MS, TIMES } from "../fleet.js";
import type { Part, Producer } from "../fleet-processes.js";

const NO_NETWORK = { none: "there is no network: all processes of a file are on its machine" };
const ONE_PROCESS = { none: "there is no network: broker, callers and worker are one process" };

/** Two producers and two workers, of which each kind has a network of its own. */
interface Wired {
  readonly producers: readonly Producer[];
  readonly workers: readonly Part[];
  /** That of the producers and that of the workers. */
  readonly proxies: readonly [TcpProxy, TcpProxy];
}

async function wire(fleet: Fleet): Promise<Wired> {
  const [calling, working] = await Promise.all([fleet.network(), fleet.network()]);
  const producers = [0, 1].map(() => fleet.producer({ ...TIMES, broker: calling.url }));
  const workers = fleet.workers(2, { app: { broker: working.url } });
  return {
    producers: await Promise.all(producers),
    workers: await workers,
    proxies: [calling.proxy, working.proxy],
  };
}

/** Calls of tasks that succeed, and of tasks that are retried, until `during` is over; some ran before it begins. */
async function underLoad(fleet: Fleet, { producers }: Pick<Wired, "producers">, during: Scenario): Promise<void> {
  const [first, second] = producers;
  await first!.load({ task: "work", args: [20] }, 10, 100);
  await second!.load({ task: "flaky", args: [1, "200ms"], maxRetries: 1 }, 5, 100);
  await fleet.started(50);
  await during(fleet);
  await fleet.started(fleet.history().filter(({ kind }) => kind === "start").length + 20);
  await Promise.all(producers.map((producer) => producer.pause()));
}

const STORM_MS = 10_000;

const resetStorm: Scenario = async (fleet) => {
  const wired = await wire(fleet);
  await underLoad(fleet, wired, () =>
    fleet.fault("connections are reset", async () => {
      for (let ms = 0; ms < STORM_MS; ms += 200) {
        for (const proxy of wired.proxies) proxy.reset();
        await delay(200);
      }
    }),
  );
};

/** Bytes come one by one, and late. */
const trickle: Scenario = async (fleet) => {
  const wired = await wire(fleet);
  const calls = wired.producers.map((producer, i) =>
    producer.call(i === 0 ? { task: "work", args: [5] } : { task: "flaky", args: [1, "200ms"], maxRetries: 1 }, 20),
  );
  await fleet.fault("bytes come one by one", async () => {
    for (const proxy of wired.proxies) {
      proxy.delay(20);
      proxy.slice(1);
    }
    await Promise.all(calls);
    await fleet.started(60);
    for (const proxy of wired.proxies) proxy.heal();
  });
};

/** So many answers are lost, each at another place of the traffic. */
const LOST_ANSWERS = 40;

const loseAnswers: Scenario = async (fleet) => {
  const wired = await wire(fleet);
  await underLoad(fleet, wired, () =>
    fleet.fault("answers are lost", async () => {
      for (let i = 0; i < LOST_ANSWERS; i++) await wired.proxies[i % 2]!.dropReplies(1, i % 7);
      for (const proxy of wired.proxies) proxy.heal();
    }),
  );
};

const halfOpen: Scenario = async (fleet) => {
  const wired = await wire(fleet);
  const startsOf = (): number => fleet.history().filter(({ kind }) => kind === "start").length;
  await underLoad(fleet, wired, async () => {
    await fleet.fault("what is connected hears nothing any more", async () => {
      for (const proxy of wired.proxies) proxy.deafen();
    });
    await fleet.started(startsOf() + 100);
  });
};

const PARTITION_MS = LEASE_MS + 3_000;

/** Nothing passes, for longer than a lease. */
const cutOff = async (proxy: TcpProxy): Promise<void> => {
  proxy.blackhole();
  await delay(PARTITION_MS);
  proxy.heal();
};

/** First one of two workers is cut off in the middle of tasks, then one of two producers. */
const partition: Scenario = async (fleet) => {
  const [calling, working] = await Promise.all([fleet.network(), fleet.network()]);
  const producers = [await fleet.producer({ ...TIMES, broker: calling.url }), await fleet.producer()];
  const [cut, other] = [await fleet.worker({ app: { broker: working.url } }), await fleet.worker()];
  await Promise.all(producers.map((producer) => producer.load({ task: "work", args: [200] }, 3, 200)));
  const startsOf = (by: Part): number =>
    fleet.history().filter((one) => one.kind === "start" && one.by === by.name).length;
  await fleet.busyOne([cut]);
  await fleet.fault("a worker is cut off", async () => {
    const before = startsOf(other);
    await cutOff(working.proxy);
    await fleet.started(before + 10, other);
  });
  await fleet.started(startsOf(cut) + 5, cut);
  await fleet.fault("a producer is cut off", async () => {
    const before = startsOf(cut) + startsOf(other);
    await cutOff(calling.proxy);
    await fleet.started(before + 10);
  });
  await Promise.all(producers.map((producer) => producer.pause()));
};

const on = (run: Scenario, boundMs: number, more?: Partial<Run>): Run => ({ run, boundMs, silent: true, ...more });

export const network: readonly Fault[] = [
  {
    id: "F9",
    title: "all connections are reset every 200 ms, for 10 s",
    expected:
      "calls wait, or say that they may not have been taken; nothing is lost; all connect again by themselves; RabbitMQ cannot tell a worker that died from one whose connection ended, so there a task that loses its connection more often than maxRedeliveries ends as WorkerLost",
    cells: {
      memory: ONE_PROCESS,
      sqlite: NO_NETWORK,
      redis: on(resetStorm, 5_000),
      amqp: on(resetStorm, 5_000),
    },
  },
  {
    id: "F9b",
    title: "a network that is slow and hands over one byte at a time",
    expected: "everything takes longer, and nothing else happens",
    cells: { memory: ONE_PROCESS, sqlite: NO_NETWORK, redis: on(trickle, 1_000), amqp: on(trickle, 1_000) },
  },
  {
    id: "F10",
    title: "the broker does what it is asked and its answer is lost, of sending, fetching and settling",
    expected:
      "nothing is lost and no message stays behind; on Redis nothing is sent twice; on RabbitMQ, where the connection ends with the answer, tasks may run again, or end as WorkerLost after more than maxRedeliveries of that",
    cells: {
      memory: ONE_PROCESS,
      sqlite: NO_NETWORK,
      redis: on(loseAnswers, 5_000, { quick: true }),
      amqp: on(loseAnswers, 5_000),
    },
  },
  {
    id: "F11",
    title: "connections hear nothing any more, and nobody ends them",
    expected: "it is noticed within 15 s, and work goes on over new connections",
    cells: { memory: ONE_PROCESS, sqlite: NO_NETWORK, redis: on(halfOpen, 15_000), amqp: on(halfOpen, 15_000) },
  },
  {
    id: "F12",
    title: "one worker, then one producer, is cut off for longer than its lease",
    expected: "the others go on; what the worker had runs elsewhere, and its late results are dropped",
    cells: { memory: ONE_PROCESS, sqlite: NO_NETWORK, redis: on(partition, 5_000), amqp: on(partition, 5_000) },
  },
];
