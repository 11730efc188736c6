import { availableParallelism } from "node:os";
import { ConfigError, milliseconds } from "@taskgen/core";
import { bytes } from "./memory-size.js";
import type { ChildPoolOptions } from "./pool/child-pool.js";
import type { ChildKind } from "./pool/child.js";
import type { Autoscale } from "./pool/pool.js";
import type { PoolKind, WorkerOptions } from "./worker-options.js";

const PER_CHILD = 10;
const CHILDREN = ["threads", "processes"] as const;
const CHILD_OPTIONS = [...CHILDREN, "autoscale", "maxTasksPerChild", "maxMemoryPerChild"] as const;

/** The pool that a worker's options ask for. */
export type PoolPlan =
  | { readonly kind: "inline"; readonly concurrency: number }
  | (Omit<ChildPoolOptions, "registryUrl" | "app" | "kind" | "autoscale"> & {
      readonly kind: ChildKind;
      readonly children: number;
      readonly concurrencyPerChild: number;
      readonly autoscale: Autoscale | undefined;
    });

/**
 * Reads a worker's options for its pool.
 * @throws ConfigError `OPTION_INVALID` when one is out of bounds or has no meaning for the pool.
 */
export function planPool(options: WorkerOptions): PoolPlan {
  const { pool = "threads", concurrency, maxTasksPerChild, maxMemoryPerChild } = options;
  check(options, pool);
  if (pool === "inline") return { kind: "inline", concurrency: concurrency ?? PER_CHILD };
  const autoscale = options.autoscale && { ...options.autoscale, min: options.autoscale.min ?? 1 };
  const children = autoscale?.max ?? childrenOf(options[pool], concurrency);
  return {
    kind: pool === "threads" ? "thread" : "process",
    children,
    autoscale,
    concurrencyPerChild: concurrency === undefined ? PER_CHILD : Math.ceil(concurrency / children),
    maxTasks: maxTasksPerChild,
    maxMemory: maxMemoryPerChild === undefined ? undefined : bytes("maxMemoryPerChild", maxMemoryPerChild),
    killGraceMs: milliseconds(options.killGrace ?? "5s"),
  };
}

/** n.b. no more than run tasks at once. */
function childrenOf(wanted = availableParallelism(), concurrency = wanted): number {
  return Math.max(1, Math.min(wanted, concurrency));
}

function check(options: WorkerOptions, pool: PoolKind): void {
  if (!["threads", "processes", "inline"].includes(pool))
    throw invalid(`pool is ${JSON.stringify(pool)}; it must be "threads", "processes" or "inline"`);
  for (const option of [...CHILDREN, "concurrency", "maxTasksPerChild"] as const) checkCount(option, options[option]);
  for (const option of CHILD_OPTIONS) checkMeaning(option, options, pool);
  if (options.autoscale !== undefined) checkAutoscale(options, options.autoscale);
}

function checkMeaning(option: (typeof CHILD_OPTIONS)[number], options: WorkerOptions, pool: PoolKind): void {
  if (options[option] === undefined) return;
  const isOther = (option === "threads" || option === "processes") && option !== pool;
  // n.b. a number of children may stand beside `inline`, so that only the pool changes between two environments
  if (pool === "inline" ? option !== "threads" && option !== "processes" : isOther)
    throw invalid(`${option} has no meaning with the pool ${pool}; leave one of them out`);
}

function checkAutoscale(
  { threads, processes, concurrency }: WorkerOptions,
  { max, min = 1 }: NonNullable<WorkerOptions["autoscale"]>,
): void {
  if (threads !== undefined || processes !== undefined)
    throw invalid("autoscale says how many threads or processes there are; leave out threads and processes");
  checkCount("autoscale.max", max);
  if (!Number.isSafeInteger(min) || min < 0 || min > max)
    throw invalid(`autoscale.min is ${min}; it must be a whole number from 0 to autoscale.max, which is ${max}`);
  if (concurrency !== undefined && concurrency < max)
    throw invalid(
      `concurrency is ${concurrency}, less than autoscale.max (${max}); each runs at least one task at once`,
    );
}

function checkCount(option: string, count: number | undefined): void {
  if (count === undefined || (Number.isSafeInteger(count) && count > 0)) return;
  throw invalid(`${option} is ${count}; it must be a whole number of at least 1`);
}

const invalid = (message: string): ConfigError => new ConfigError("OPTION_INVALID", message);
