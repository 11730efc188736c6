import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const { resolve } = createRequire(import.meta.url);

/** What core loads only when it is needed: loading takes real time, of which a simulation knows nothing. */
export async function preload(): Promise<void> {
  const core = dirname(resolve("@taskgen/core"));
  for (const folder of ["call", "wire"]) {
    const files = readdirSync(join(core, folder)).filter((file) => file.endsWith(".js"));
    await Promise.all(files.map((file) => import(pathToFileURL(join(core, folder, file)).href)));
  }
}
