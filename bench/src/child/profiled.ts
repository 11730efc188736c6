import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { READY_FILE } from "../profile/thread-profile.js";

/** The folder for the profiles of a run, and in a child that for its own. */
const FOLDER = "TASKGEN_BENCH_PROFILE";
const MICROS = "500";

let children = 0;

/** What has Node profile a child from its start, if that is wanted: options for it, and more of its environment. */
export function profiled(
  module: URL,
  argument: unknown,
): { readonly options: readonly string[]; readonly env: object } {
  const all = process.env[FOLDER];
  if (all === undefined) return { options: [], env: {} };
  const kind = `${basename(dirname(module.pathname))}-${basename(module.pathname, ".ts")}`;
  const { prefix = "", pool } = argument as { readonly prefix?: string; readonly pool?: unknown };
  const words = [String(++children).padStart(2, "0"), kind, prefix, pool === undefined ? "" : JSON.stringify(pool)];
  const folder = join(all, words.join(" ").replaceAll(/[^\w-]+/g, "-"));
  mkdirSync(folder, { recursive: true });
  const options = ["--cpu-prof", `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${MICROS}`];
  return { options, env: { [FOLDER]: folder } };
}

/** In a child: what it does from now on counts. */
export function noteReady(): void {
  const folder = process.env[FOLDER];
  if (folder !== undefined) writeFileSync(join(folder, READY_FILE), String(process.hrtime.bigint() / 1000n));
}
