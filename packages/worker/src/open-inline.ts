import type { AnyApp, Registry } from "@taskgen/core";
import type { Sealer } from "@taskgen/core/internal";
import { InlinePool } from "./pool/inline.js";
import type { Job } from "./pool/pool.js";
import { registryUrl } from "./registry-url.js";
import { LoadedRegistry } from "./registry.js";

/** What the tasks of an inline pool run with. */
export interface InlineSettings {
  readonly app: AnyApp;
  readonly sealer: Sealer | undefined;
  readonly concurrency: number;
}

/** A pool that runs tasks in this thread. */
export function openInline<J extends Job>(
  registry: Registry | string,
  { app, sealer, concurrency }: InlineSettings,
): InlinePool<J> {
  return new InlinePool(async () => new LoadedRegistry(await importRegistry(registry), app, sealer), concurrency);
}

async function importRegistry(registry: Registry | string): Promise<Registry> {
  if (typeof registry !== "string") return registry;
  return ((await import(registryUrl(registry))) as { readonly registry: Registry }).registry;
}
