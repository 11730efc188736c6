import type { AnyApp, Duration, Logger, Registry } from "@taskgen/core";
import type { MemorySize } from "./memory-size.js";
import type { Autoscale } from "./pool/pool.js";
import type { WorkerQueue } from "./queues.js";

export type PoolKind = "threads" | "processes" | "inline";

/** Settings of a worker. */
export interface WorkerOptions {
  /** The generated registry, or the URL of its module. */
  readonly registry: Registry | string;
  /** The app whose broker it consumes. @default the registry's app, otherwise the default app */
  readonly app?: AnyApp | undefined;
  /** The queues it takes from. @default the app's queue, and those that its tasks or the app's routes for them name */
  readonly queues?: readonly (string | WorkerQueue)[] | undefined;
  /**
   * `threads`: tasks cannot block the worker, and can be stopped. `processes`: the same, and a crash of native code or memory
   * that runs out ends one process only. `inline`: on the worker's own event loop; a task that blocks it loses its lease on
   * brokers whose lease this loop renews. @default "threads"
   */
  readonly pool?: PoolKind | undefined;
  /** How many threads run tasks. @default one for each core */
  readonly threads?: number | undefined;
  /** How many processes run tasks, with the pool `processes`. @default one for each core */
  readonly processes?: number | undefined;
  /** Instead of a fixed number of threads or processes: starts them while tasks wait, ends those that are idle. @default none */
  readonly autoscale?: { readonly max: Autoscale["max"]; readonly min?: Autoscale["min"] | undefined } | undefined;
  /** Tasks at once in this worker; with `autoscale`, when it has grown. @default 10 for each thread or process */
  readonly concurrency?: number | undefined;
  /**
   * A thread or process that began so many tasks is replaced when it has finished them: against memory that leaks. Not for
   * `inline`. @default no limit
   */
  readonly maxTasksPerChild?: number | undefined;
  /**
   * A thread or process that uses more memory after a task is replaced when it has finished what it runs. Of a process its
   * resident memory counts, of a thread its heap and external memory. Not for `inline`. @default no limit
   */
  readonly maxMemoryPerChild?: MemorySize | undefined;
  /** Where the lines of the worker and of its tasks go: pino, `console`, any `Logger`. @default nowhere */
  readonly logger?: Logger | undefined;
  /** How long `stop` waits for running tasks. @default "30s" */
  readonly gracePeriod?: Duration | undefined;
  /** How long the tasks that share a thread or process with one to be stopped by force may go on. @default "5s" */
  readonly killGrace?: Duration | undefined;
  /** More dead workers than this end a task: FAILURE, code `WORKER_LOST`, and a dead letter. @default 3 */
  readonly maxRedeliveries?: number | undefined;
  /** How often a message is put back that no worker knows, and how long it waits, doubling. @default 15 times from 1 s to 1 min */
  readonly unknownTasks?:
    { readonly maxParks?: number; readonly backoff?: Duration; readonly backoffMax?: Duration } | undefined;
}

/** What a started worker works with. */
export interface WorkerInfo {
  /** Without credentials. */
  readonly broker: string;
  readonly durability: string;
  readonly backend: string;
  readonly queues: readonly string[];
  /** The same with what was said of them. */
  readonly lanes: readonly WorkerQueue[];
  readonly tasks: readonly string[];
  readonly pool: PoolKind;
  /** How many threads run tasks; 0 when none. */
  readonly threads: number;
  /** How many processes run tasks; 0 when none. */
  readonly processes: number;
  /** What it grows and shrinks between; undefined when it does not. */
  readonly autoscale: Autoscale | undefined;
  /** Tasks at once; with `autoscale`, when it has grown. */
  readonly concurrency: number;
}
