import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const { resolve } = createRequire(import.meta.url);

/** Files that are threads and processes of their own. */
const STARTED = /^(transports|pool|process-main)-/;

/** What is loaded only when it is needed: loading takes real time, of which a simulation knows nothing. */
export async function preload(): Promise<void> {
  for (const folder of ["@taskgen/core", "@taskgen/worker"].map((name) => dirname(resolve(name)))) {
    const files = readdirSync(folder).filter((file) => file.endsWith(".js") && !STARTED.test(file));
    await Promise.all(files.map((file) => import(pathToFileURL(join(folder, file)).href)));
  }
}
