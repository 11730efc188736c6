import { execFileSync } from "node:child_process";
import { readdirSync, renameSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const tests = fileURLToPath(new URL("../", import.meta.url));
const folder = join(tests, "node_modules/.cache/children");
const esbuild = createRequire(import.meta.url).resolve("esbuild/bin/esbuild");
const paths = new Map<string, string>();

/** Whether a file is TypeScript of the tests. */
export const isOfTests = (file: URL): boolean =>
  file.pathname.endsWith(".ts") && fileURLToPath(file).startsWith(tests) && !file.pathname.includes("/node_modules/");

/**
 * A program of the tests as one JavaScript file, made when it is first asked for. A child that compiled it itself would
 * load a compiler, and each of its threads another one: half a second of a processor each time.
 */
export function compiled(file: URL): string {
  const known = paths.get(file.href);
  if (known !== undefined) return known;
  const name = relative(tests, fileURLToPath(file)).replaceAll("/", "-").slice(0, -".ts".length);
  const path = join(folder, `${name}.mjs`);
  const draft = join(folder, `${name}.${process.pid}.mjs`);
  compile(file, draft);
  // n.b. another test file may start the same program at the same moment
  renameSync(draft, path);
  paths.set(file.href, path);
  return path;
}

function compile(file: URL, outfile: string): void {
  const path = fileURLToPath(file);
  // n.b. registries are JavaScript, and are loaded from where they are, also by threads
  const registries = readdirSync(dirname(path)).filter((name) => name.endsWith(".js"));
  execFileSync(esbuild, [
    path,
    `--outfile=${outfile}`,
    "--bundle",
    "--format=esm",
    "--platform=node",
    "--target=node20",
    "--packages=external",
    "--log-level=warning",
    `--define:import.meta.url=${JSON.stringify(file.href)}`,
    ...registries.map((name) => `--external:${join(dirname(path), name)}`),
  ]);
}
