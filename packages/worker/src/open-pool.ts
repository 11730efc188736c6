import { pathToFileURL } from "node:url";
import type { AnyApp, Registry } from "@taskgen/core";
import { internalsOf, type Sealer } from "@taskgen/core/internal";
import { BatchingPool, type JobOrBatch } from "./batches/batching-pool.js";
import { planPool } from "./pool-options.js";
import { ChildPool } from "./pool/child-pool.js";
import { InlinePool } from "./pool/inline.js";
import type { Pool } from "./pool/pool.js";
import { LoadedRegistry } from "./registry.js";
import type { OwnedJob } from "./triage.js";
import type { WorkerInfo, WorkerOptions } from "./worker-options.js";

/** The pool that a worker's options ask for, not yet started. */
export function openPool(options: WorkerOptions, app: AnyApp, sealer: Sealer | undefined): BatchingPool<OwnedJob> {
  return new BatchingPool(openPlainPool(options, app, sealer), ({ delivery }) => delivery.envelope.queue);
}

function openPlainPool(options: WorkerOptions, app: AnyApp, sealer: Sealer | undefined): Pool<JobOrBatch<OwnedJob>> {
  // n.b. that of the threads and processes is their own
  internalsOf(app).middleware();
  const plan = planPool(options);
  if (plan.kind !== "inline")
    return new ChildPool({ ...plan, registryUrl: registryUrl(options.registry), sealing: sealer?.sealing, app });
  const open = async (): Promise<LoadedRegistry> =>
    new LoadedRegistry(await importRegistry(options.registry), app, sealer);
  return new InlinePool(open, plan.concurrency);
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

async function importRegistry(registry: Registry | string): Promise<Registry> {
  if (typeof registry !== "string") return registry;
  const module = (await import(registryUrl(registry))) as { readonly registry: Registry };
  return module.registry;
}

function registryUrl(registry: Registry | string): string {
  if (typeof registry !== "string") return registry.url;
  return /^(file|data):/.test(registry) ? registry : pathToFileURL(registry).href;
}
