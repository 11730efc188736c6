import { Child } from "./child/child.js";
import { Pair } from "./pair.js";
import type { RawAmqpSettings } from "./raw/amqp-channels.js";
import type { ProducerSettings } from "./taskgen/producer.js";
import type { WorkerSettings } from "./taskgen/worker.js";

const here = (path: string): URL => new URL(path, import.meta.url);

/** taskgen on a RabbitMQ, with queues of its own. */
export async function taskgenOnAmqp(broker: string, prefix: string, pool: WorkerSettings["pool"]): Promise<Pair> {
  const worker = await Child.start(here("taskgen/worker.ts"), { broker, prefix, pool } satisfies WorkerSettings);
  return new Pair(
    await Child.start(here("taskgen/producer.ts"), { broker, prefix } satisfies ProducerSettings),
    worker,
  );
}

/** The same work by amqplib alone. */
export async function rawAmqp(url: string): Promise<Pair> {
  const settings: RawAmqpSettings = { url };
  const worker = await Child.start(here("raw/amqp-worker.ts"), settings);
  return new Pair(await Child.start(here("raw/amqp-producer.ts"), settings), worker);
}
