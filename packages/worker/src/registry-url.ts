import { pathToFileURL } from "node:url";
import type { Registry } from "@taskgen/core";

/** The URL of the module that exports a registry, which may be given as its path. */
export function registryUrl(registry: Registry | string): string {
  if (typeof registry !== "string") return registry.url;
  return /^(file|data):/.test(registry) ? registry : pathToFileURL(registry).href;
}
