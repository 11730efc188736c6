import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const FOLDER = new URL("../../peers/", import.meta.url);

/** Installs the peers that are missing and says so, see scripts/peers.mjs. */
export function installPeers(): void {
  const script = fileURLToPath(new URL("../../../scripts/peers.mjs", import.meta.url));
  const { status } = spawnSync(process.execPath, [script], { stdio: "inherit" });
  if (status !== 0) throw new Error("the peers could not be installed; see above");
}

/** A package that taskgen is measured against, from bench/peers. */
export async function loadPeer<T>(name: string): Promise<T> {
  const path = createRequire(new URL("package.json", FOLDER)).resolve(name);
  const module = (await import(pathToFileURL(path).href)) as { readonly default?: T };
  return module.default ?? (module as T);
}

/** `BullMQ 6.7.0`. */
export function withVersion(title: string, name: string): string {
  const path = new URL(`node_modules/${name}/package.json`, FOLDER);
  if (!existsSync(path)) throw new Error(`${name} is not installed in bench/peers: run node scripts/peers.mjs`);
  return `${title} ${(JSON.parse(readFileSync(path, "utf8")) as { readonly version: string }).version}`;
}
