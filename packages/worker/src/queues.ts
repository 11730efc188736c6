import { ConfigError } from "@taskgen/core";
import type { Routing } from "@taskgen/core/internal";
import type { PlainTaskOptions } from "./pool/pool.js";

/** A queue that a worker takes from. What is not said here, the app's `queues` say. */
export interface WorkerQueue {
  readonly name: string;
  /** Its share of the worker when there is more to do than the worker can. @default 1 */
  readonly weight?: number | undefined;
  /** At most so many of its tasks at once. @default as many as the worker runs */
  readonly concurrency?: number | undefined;
}

/** What is known where a worker starts. */
export interface QueuesOptions {
  /** Those that it was told. */
  readonly given: readonly (string | WorkerQueue)[] | undefined;
  readonly tasks: Readonly<Record<string, PlainTaskOptions>>;
  /** The app's. */
  readonly queue: string;
  readonly routing: Routing;
}

/**
 * The queues of a worker: those that it was told, otherwise the app's and those that its tasks or the routes of these name.
 * @throws ConfigError `OPTION_INVALID`
 */
export function queuesOf({ given, tasks, queue, routing }: QueuesOptions): readonly WorkerQueue[] {
  const named = Object.entries(tasks).map(([name, options]) => options.queue ?? routing.of(name).queue ?? queue);
  const byName = new Map<string, WorkerQueue>();
  for (const one of given ?? [queue, ...named]) {
    const { name, ...own } = typeof one === "string" ? { name: one } : one;
    const settings = routing.queues[name];
    byName.set(name, check({ name, weight: settings?.weight, concurrency: settings?.concurrency, ...defined(own) }));
  }
  return [...byName.values()];
}

const defined = (settings: Omit<WorkerQueue, "name">): Omit<WorkerQueue, "name"> =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

function check(queue: WorkerQueue): WorkerQueue {
  const { name, weight = 1, concurrency = 1 } = queue;
  const refuse = (what: string): never => {
    throw new ConfigError("OPTION_INVALID", `queues: ${what}`);
  };
  if (typeof name !== "string" || name === "") refuse("a name is missing");
  if (!(weight > 0 && weight < Infinity)) refuse(`the weight of ${name} must be a number above 0`);
  if (!Number.isInteger(concurrency) || concurrency < 1)
    refuse(`the concurrency of ${name} must be a whole number from 1`);
  return queue;
}
