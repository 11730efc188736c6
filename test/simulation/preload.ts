import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const { resolve } = createRequire(import.meta.url);

const FOLDERS = {
  "@taskgen/core": ["call", "wire", "run", "transports/memory"],
  "@taskgen/worker": [".", "limits", "streams", "batches"],
};

/** What is loaded only when it is needed: loading takes real time, of which a simulation knows nothing. */
export async function preload(): Promise<void> {
  const folders = Object.entries(FOLDERS).flatMap(([name, parts]) =>
    parts.map((part) => join(dirname(resolve(name)), part)),
  );
  for (const folder of folders) {
    const files = readdirSync(folder).filter((file) => file.endsWith(".js"));
    await Promise.all(files.map((file) => import(pathToFileURL(join(folder, file)).href)));
  }
}
