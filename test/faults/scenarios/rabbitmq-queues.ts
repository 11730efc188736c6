import type { Fault, Scenario } from "../fault.js";
import type { Fleet } from "../fleet.js";
import type { Part } from "../fleet-processes.js";
import { rabbitOf } from "../rabbitmq.js";

const NO_QUEUES_OF_ITS_OWN = { none: "has no queues that somebody could delete, declare or time out on their own" };
const elsewhere = {
  memory: NO_QUEUES_OF_ITS_OWN,
  sqlite: NO_QUEUES_OF_ITS_OWN,
  redis: NO_QUEUES_OF_ITS_OWN,
} as const;

/** A worker says something about an error. */
const says = (worker: Part, what: RegExp, withinMs = 60_000): Promise<unknown> =>
  worker.child.line(`${worker.name} says ${what}`, (line) => tells(line, what), withinMs);

function tells(line: unknown, what: RegExp): true | undefined {
  const { error = "", warning = "" } = line as { readonly error?: string; readonly warning?: string };
  return what.test(error) || what.test(warning) ? true : undefined;
}

const startsOf = (fleet: Fleet): number => fleet.history().filter(({ kind }) => kind === "start").length;

/** Three times somebody deletes the queue that two workers consume and a producer sends to. */
const deleteQueue: Scenario = async (fleet) => {
  const producer = await fleet.producer();
  const workers = await fleet.workers(2);
  await producer.load({ task: "work", args: [5], options: { ignoreResult: true } }, 20, 50);
  for (let i = 0; i < 3; i++) {
    await fleet.started(startsOf(fleet) + 100);
    await fleet.fault("the queue is deleted", () => rabbitOf(fleet).ctl("delete_queue", "taskgen.default"));
  }
  await fleet.started(startsOf(fleet) + 100);
  await Promise.all(workers.map((worker) => says(worker, /taskgen\.default: the queue was deleted/)));
  await producer.pause();
};

/** RabbitMQ looks each second for deliveries that are older than three. A task that takes longer has one queue, short ones another. */
const ackTimeout: Scenario = async (fleet) => {
  await rabbitOf(fleet).ctl("eval", "application:set_env(rabbit, channel_tick_interval, 1000).");
  const producer = await fleet.producer();
  const worker = await fleet.worker({ worker: { queues: ["default", "other"], threads: 2 } });
  await producer.load({ task: "work", args: [5], options: { queue: "other" } }, 10, 100);
  await fleet.fault("a task that takes too long", async () => {
    await producer.call({ task: "work", args: [6_000] });
    await says(worker, /closed the channel of taskgen\.default.*timed out/);
  });
  await fleet.until("the end of the long task", (entries) => {
    const long = entries.find((one) => one.kind === "start" && one.redeliveries > 0);
    return long !== undefined && entries.some((one) => one.kind === "outcome" && "id" in long && one.id === long.id);
  });
  await producer.pause();
};

/** So often RabbitMQ is told to close all connections. */
const closeConnections: Scenario = async (fleet) => {
  const producers = await Promise.all([fleet.producer(), fleet.producer()]);
  await fleet.workers(2);
  await Promise.all(producers.map((producer) => producer.load({ task: "work", args: [5] }, 20, 100)));
  for (let i = 0; i < 3; i++) {
    await fleet.started(startsOf(fleet) + 100);
    await fleet.fault("all connections are closed", () => rabbitOf(fleet).ctl("close_all_connections", "test"));
  }
  await fleet.started(startsOf(fleet) + 100);
  await Promise.all(producers.map((producer) => producer.pause()));
};

export const rabbitmqQueues: readonly Fault[] = [
  {
    id: "F16",
    title: "a queue is deleted while it is consumed, under load",
    expected:
      "the worker says so, makes the queue again and goes on, within 15 s where RabbitMQ forgets to tell it; what was in the queue is gone with it",
    cells: {
      ...elsewhere,
      amqp: {
        run: deleteQueue,
        boundMs: 15_000,
        mayLose: "whoever deletes a queue deletes what is in it",
      },
    },
  },
  {
    id: "F17",
    title: "a queue exists with other arguments",
    expected:
      "the error names the argument; with onMismatch=use the queue is used as it is; other queues are not affected",
    cells: {
      ...elsewhere,
      amqp: {
        tests: { "amqp/queues.test.ts": ["that exist with other arguments are refused by the argument's name"] },
      },
    },
  },
  {
    id: "F18",
    title: "a task runs longer than RabbitMQ's consumer_timeout",
    expected: "the worker says so; the task runs again, and ends as failed after maxRedeliveries; other queues go on",
    cells: { ...elsewhere, amqp: { run: ackTimeout, server: ["consumer_timeout = 3000"], boundMs: 5_000 } },
  },
  {
    id: "F36",
    title: "SIGKILL of RabbitMQ within a second after a quorum queue was made",
    expected:
      "RabbitMQ has forgotten what the queue held, and before 4.2.5 the queue has no leader: calls are refused and workers warn, naming the queue, until one is elected",
    cells: {
      ...elsewhere,
      amqp: { tests: { "amqp/silent-queue.test.ts": ["a queue that lost its leader is named, stops no other one"] } },
    },
  },
  {
    id: "F50",
    title: "all connections are closed by RabbitMQ's operator, under load",
    expected: "all connect again; nothing that was taken is lost",
    cells: { ...elsewhere, amqp: { run: closeConnections, boundMs: 3_000 } },
  },
];
