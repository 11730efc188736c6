import { availableParallelism } from "node:os";
import { pathToFileURL } from "node:url";
import { ConfigError, milliseconds, type AnyApp, type Registry } from "@taskgen/core";
import { internalsOf } from "@taskgen/core/internal";
import { InlinePool } from "./pool/inline.js";
import type { Pool } from "./pool/pool.js";
import { ThreadPool } from "./pool/threads.js";
import { LoadedRegistry } from "./registry.js";
import type { OwnedJob } from "./triage.js";
import type { WorkerOptions } from "./worker.js";

const PER_THREAD = 10;

/** The pool that a worker's options ask for, not yet started. */
export function openPool(options: WorkerOptions, app: AnyApp): Pool<OwnedJob> {
  // n.b. that of the threads is their own
  internalsOf(app).middleware();
  checkCount("threads", options.threads);
  checkCount("concurrency", options.concurrency);
  if (options.pool === "inline") {
    return new InlinePool(
      async () => new LoadedRegistry(await importRegistry(options.registry), app),
      options.concurrency ?? PER_THREAD,
    );
  }
  const wanted = options.threads ?? availableParallelism();
  const threads = Math.max(1, Math.min(wanted, options.concurrency ?? wanted));
  return new ThreadPool({
    registryUrl: registryUrl(options.registry),
    threads,
    concurrencyPerThread: options.concurrency === undefined ? PER_THREAD : Math.ceil(options.concurrency / threads),
    killGraceMs: milliseconds(options.killGrace ?? "5s"),
    app,
  });
}

function checkCount(option: string, count: number | undefined): void {
  if (count === undefined || (Number.isSafeInteger(count) && count > 0)) return;
  throw new ConfigError("OPTION_INVALID", `${option} is ${count}; it must be a whole number of at least 1`);
}

async function importRegistry(registry: Registry | string): Promise<Registry> {
  if (typeof registry !== "string") return registry;
  const module = (await import(registryUrl(registry))) as { readonly registry: Registry };
  return module.registry;
}

function registryUrl(registry: Registry | string): string {
  if (typeof registry !== "string") return registry.url;
  return /^(file|data):/.test(registry) ? registry : pathToFileURL(registry).href;
}
