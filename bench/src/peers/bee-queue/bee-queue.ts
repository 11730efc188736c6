import type { Data } from "../serve-producer.js";
import { loadPeer } from "../packages.js";

/** What a process on bee-queue is given. */
export interface BeeSettings {
  readonly url: string;
  readonly queue: string;
  /** Jobs that a worker runs at once. */
  readonly concurrency: number;
  /** Whether the producer is told of all results, or waits for those of its jobs. */
  readonly events?: "queue" | "job";
}

interface Job {
  readonly data: Data;
  once(event: "succeeded", listener: (result: number) => void): unknown;
  save(): Promise<Job>;
}

interface Queue {
  createJob(data: Data): Job;
  saveAll(jobs: readonly Job[]): Promise<ReadonlyMap<Job, Error>>;
  process(concurrency: number, run: (job: Job) => Promise<number>): void;
  on(event: "succeeded", listener: (job: Job, result: number) => void): unknown;
  on(event: "job succeeded", listener: (id: string, result: number) => void): unknown;
  ready(): Promise<unknown>;
  close(): Promise<void>;
}

/** Settings that its documentation has for processes that do only one of the two things. */
interface Options {
  readonly redis: { readonly host: string; readonly port: number };
  readonly isWorker: boolean;
  readonly getEvents: boolean;
  readonly storeJobs: boolean;
}

type BeeQueue = new (name: string, options: Options) => Queue;

export async function openQueue({ url, queue }: BeeSettings, options: Omit<Options, "redis">): Promise<Queue> {
  const { hostname, port } = new URL(url);
  const BeeQueue = await loadPeer<BeeQueue>("bee-queue");
  const opened = new BeeQueue(queue, { ...options, redis: { host: hostname, port: Number(port) } });
  await opened.ready();
  return opened;
}
