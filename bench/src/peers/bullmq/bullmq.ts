import type { Data } from "../serve-producer.js";
import { loadPeer } from "../packages.js";

/** What a process on BullMQ is given. */
export interface BullSettings {
  readonly url: string;
  readonly queue: string;
  /** Jobs that a worker runs at once. */
  readonly concurrency: number;
  /** Whether the producer is told of all results, or waits for those of its jobs. */
  readonly events?: "queue" | "job";
}

export const NAME = "add";

type New<T, A extends readonly unknown[]> = new (...args: A) => T;
interface Closing {
  close(): Promise<void>;
}

interface Job {
  waitUntilFinished(events: QueueEvents, ttl: number): Promise<number>;
}

export interface QueueEvents extends Closing {
  on(event: "completed", listener: (event: { readonly returnvalue: number }) => void): unknown;
  setMaxListeners(n: number): unknown;
  waitUntilReady(): Promise<unknown>;
}

interface Queue extends Closing {
  setMaxListeners(n: number): unknown;
  add(name: string, data: Data): Promise<Job>;
  addBulk(jobs: readonly { readonly name: string; readonly data: Data }[]): Promise<Job[]>;
  waitUntilReady(): Promise<unknown>;
}

interface Worker extends Closing {
  waitUntilReady(): Promise<unknown>;
  on(event: "completed", listener: (job: unknown, result: number) => void): unknown;
}

interface Connecting {
  readonly connection: { readonly host: string; readonly port: number; readonly maxRetriesPerRequest: null };
}

/** What is used of the package. */
interface BullMQ {
  readonly Queue: New<
    Queue,
    [name: string, options: Connecting & { readonly streams: { readonly events: { readonly maxLen: number } } }]
  >;
  readonly QueueEvents: New<QueueEvents, [name: string, options: Connecting]>;
  readonly Worker: New<
    Worker,
    [
      name: string,
      run: (job: { readonly data: Data }) => Promise<number>,
      Connecting & { readonly concurrency: number },
    ]
  >;
}

export const loadBullMQ = (): Promise<BullMQ> => loadPeer<BullMQ>("bullmq");

export function connecting(url: string): Connecting {
  const { hostname, port } = new URL(url);
  return { connection: { host: hostname, port: Number(port), maxRetriesPerRequest: null } };
}
