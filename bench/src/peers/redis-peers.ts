import type { BeeSettings } from "./bee-queue/bee-queue.js";
import type { Candidate } from "./best.js";
import type { BullSettings } from "./bullmq/bullmq.js";
import { TalliedPair } from "./tallied-pair.js";

/** How a peer on Redis is run. */
export interface RedisPeer {
  readonly url: string;
  /** Jobs that the worker runs at once; without, there is no worker. */
  readonly concurrency?: number;
  /** Whether the producer is told of all results, or waits for those of its jobs. */
  readonly events?: "queue" | "job";
}

/** By their names, the folders of their children. */
export const REDIS_PEERS = { BullMQ: "bullmq", "bee-queue": "bee-queue" } as const;

type Name = keyof typeof REDIS_PEERS;

export async function redisPeer(name: Name, { url, concurrency, events }: RedisPeer): Promise<TalliedPair> {
  const queue = `bench-${concurrency ?? "alone"}-${events ?? "untold"}`;
  const settings: BullSettings & BeeSettings = { url, queue, concurrency: concurrency ?? 1, ...(events && { events }) };
  return await TalliedPair.start(REDIS_PEERS[name], settings, concurrency === undefined ? undefined : settings);
}

/** A peer with each of some concurrencies. */
export const redisCandidates = (
  name: Name,
  concurrencies: readonly number[],
  peer: Omit<RedisPeer, "concurrency">,
): Candidate[] =>
  concurrencies.map((concurrency) => ({
    name: `${name}, ${concurrency} at once`,
    open: () => redisPeer(name, { ...peer, concurrency }),
  }));
