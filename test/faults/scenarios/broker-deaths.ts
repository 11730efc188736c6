import type { Fault, Scenario } from "../fault.js";
import { rabbitWithClassicQueues, writtenDown } from "../rabbitmq.js";

const NO_SERVER = { none: "there is no server: a file is there or not" };
const ONE_PROCESS = { none: "the broker is the process itself: what it holds ends with it" };

/** Two producers call under load, two workers run; so often the broker dies and comes back. */
const killBroker =
  (times: number, ready: () => Promise<void> = async () => {}): Scenario =>
  async (fleet) => {
    const producers = await Promise.all([fleet.producer(), fleet.producer()]);
    await fleet.workers(2);
    await ready();
    await Promise.all(producers.map((producer) => producer.load({ task: "work", args: [5] }, 20, 100)));
    for (let i = 0; i < times; i++) {
      const before = fleet.history().filter(({ kind }) => kind === "start").length;
      await fleet.started(before + 100);
      await fleet.fault("the broker is killed", async () => {
        await fleet.server.kill();
        await fleet.server.restart();
      });
    }
    await Promise.all(producers.map((producer) => producer.pause()));
  };

export const brokerDeaths: readonly Fault[] = [
  {
    id: "F7",
    title: "SIGKILL and restart of the broker under load",
    expected:
      "calls wait or say that they may not have been taken; nothing that was taken is lost; workers go on by themselves",
    cells: {
      memory: ONE_PROCESS,
      sqlite: NO_SERVER,
      redis: { run: killBroker(3), boundMs: 5_000 },
      amqp: { run: killBroker(1, writtenDown), boundMs: 5_000 },
    },
  },
  {
    id: "F7b",
    title: "the same with classic queues (queueType=classic)",
    expected: "as with quorum queues: on one node, what a classic queue has confirmed is on its disk",
    cells: {
      memory: ONE_PROCESS,
      sqlite: NO_SERVER,
      redis: { none: "has one kind of queue: see F7" },
      amqp: { run: killBroker(2), place: rabbitWithClassicQueues, boundMs: 5_000 },
    },
  },
];
