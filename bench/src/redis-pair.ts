import { Child } from "./child/child.js";
import { Pair } from "./pair.js";
import type { ProducerSettings } from "./taskgen/producer.js";
import type { WorkerSettings } from "./taskgen/worker.js";

const here = (path: string): URL => new URL(path, import.meta.url);

/** taskgen on a Redis, with keys of its own. */
export async function taskgenOnRedis(broker: string, prefix: string, pool: WorkerSettings["pool"]): Promise<Pair> {
  const worker = await Child.start(here("taskgen/worker.ts"), { broker, prefix, pool } satisfies WorkerSettings);
  return new Pair(
    await Child.start(here("taskgen/producer.ts"), { broker, prefix } satisfies ProducerSettings),
    worker,
  );
}

/** The same work without taskgen. */
export async function rawRedis(url: string): Promise<Pair> {
  const worker = await Child.start(here("raw/redis-worker.ts"), { url });
  return new Pair(await Child.start(here("raw/redis-producer.ts"), { url }), worker);
}
