import type { AnyApp } from "@taskgen/core";
import { internalsOf, type Sealer } from "@taskgen/core/internal";
import { BatchingPool, type JobOrBatch } from "./batches/batching-pool.js";
import { planPool } from "./pool-options.js";
import { ChildPool } from "./pool/child-pool.js";
import type { Pool } from "./pool/pool.js";
import { registryUrl } from "./registry-url.js";
import type { OwnedJob } from "./triage.js";
import type { WorkerInfo, WorkerOptions } from "./worker-options.js";

/** The pool that a worker's options ask for, not yet started. */
export async function openPool(
  options: WorkerOptions,
  app: AnyApp,
  sealer: Sealer | undefined,
): Promise<BatchingPool<OwnedJob>> {
  return new BatchingPool(await openPlainPool(options, app, sealer), ({ delivery }) => delivery.envelope.queue);
}

async function openPlainPool(
  options: WorkerOptions,
  app: AnyApp,
  sealer: Sealer | undefined,
): Promise<Pool<JobOrBatch<OwnedJob>>> {
  // n.b. that of the threads and processes is their own
  internalsOf(app).middleware();
  const plan = planPool(options);
  if (plan.kind !== "inline")
    return new ChildPool({ ...plan, registryUrl: registryUrl(options.registry), sealing: sealer?.sealing, app });
  // n.b. what runs tasks is no part of the main thread of other pools
  const { openInline } = await import("./open-inline.js");
  return openInline(options.registry, { app, sealer, concurrency: plan.concurrency });
}

/** What a worker tells of its pool. */
export function describePool(options: WorkerOptions, { children }: Pool<OwnedJob>): Pick<WorkerInfo, PoolInfo> {
  const plan = planPool(options);
  const { pool = "threads" } = options;
  return {
    pool,
    threads: pool === "threads" ? children : 0,
    processes: pool === "processes" ? children : 0,
    autoscale: plan.kind === "inline" ? undefined : plan.autoscale,
    concurrency: plan.kind === "inline" ? plan.concurrency : plan.children * plan.concurrencyPerChild,
  };
}

type PoolInfo = "pool" | "threads" | "processes" | "autoscale" | "concurrency";
