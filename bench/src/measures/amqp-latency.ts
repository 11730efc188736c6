import { rawAmqp, taskgenOnAmqp } from "../amqp-pair.js";
import { AmqpServer } from "../amqp-server.js";
import { compareLatency } from "../latency-comparison.js";
import { Opened } from "../opened.js";
import type { Settings } from "../settings.js";
import type { Table } from "../table.js";

/** One awaited call after the other: two processes and a RabbitMQ. */
export async function latencyAmqp({ folder, rounds }: Settings): Promise<Table> {
  await using opened = new Opened();
  const { url } = opened.use(await AmqpServer.start(folder));
  const sides = [
    { name: "raw echo", pair: opened.use(await rawAmqp(url)) },
    { name: "inline", pair: opened.use(await taskgenOnAmqp(url, "inline", { pool: "inline" })) },
    { name: "1 thread", pair: opened.use(await taskgenOnAmqp(url, "one", { pool: "threads", threads: 1 })) },
  ];
  return await compareLatency({ title: "RabbitMQ: `.get()` one at a time", about: ABOUT }, sides, rounds);
}

const ABOUT =
  "The raw echo is the same loop over amqplib as above, one message at a time, through the same kinds of queues.";
