import { Option, type Command } from "commander";
import type { MemorySize, PoolKind, WorkerOptions } from "@taskgen/worker";
import { autoscale, count, memorySize } from "./arguments.js";

/** The options of a worker that say where and how its tasks run. */
export interface PoolVerbOptions {
  readonly pool: PoolKind;
  readonly concurrency?: number;
  readonly threads?: number;
  readonly processes?: number;
  readonly autoscale?: Autoscale;
  readonly maxTasksPerChild?: number;
  readonly maxMemoryPerChild?: MemorySize;
}

export type Autoscale = NonNullable<WorkerOptions["autoscale"]>;

export function addPoolOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--pool <kind>", "where tasks run").choices(["threads", "processes", "inline"]).default("threads"),
    )
    .option("-c, --concurrency <n>", "tasks at once (default: 10 for each thread or process)", count)
    .option("--threads <n>", "worker threads (default: one for each core)", count)
    .option("--processes <n>", "worker processes, with --pool processes (default: one for each core)", count)
    .option("--autoscale <max,min>", "as many threads or processes as waiting tasks need, between these", autoscale)
    .option("--max-tasks-per-child <n>", "replace a thread or process that began so many tasks", count)
    .option(
      "--max-memory-per-child <size>",
      "replace a thread or process that uses more memory after a task, such as 512MB",
      memorySize,
    );
}

/** The same for `createWorker`. */
export function poolOptions(options: PoolVerbOptions): Pick<WorkerOptions, keyof PoolVerbOptions> {
  const { pool, concurrency, threads, processes, autoscale: size, maxTasksPerChild, maxMemoryPerChild } = options;
  return { pool, concurrency, threads, processes, autoscale: size, maxTasksPerChild, maxMemoryPerChild };
}

/** What differs from the options themselves when they are written as a command line. */
export const poolValues = ({ autoscale: size }: PoolVerbOptions): { readonly autoscale: string | undefined } => ({
  autoscale: size && `${size.max},${size.min}`,
});

export const POOL_FLAGS = {
  pool: "--pool",
  concurrency: "--concurrency",
  threads: "--threads",
  processes: "--processes",
  autoscale: "--autoscale",
  maxTasksPerChild: "--max-tasks-per-child",
  maxMemoryPerChild: "--max-memory-per-child",
} as const satisfies Record<keyof PoolVerbOptions, string>;
