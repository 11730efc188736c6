import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** Runs a TypeScript or JavaScript file with this Node to its end; what it prints is JSON. */
export async function runScript(path: string, args: readonly string[] = []): Promise<unknown> {
  const { stdout } = await run(process.execPath, ["--import", tsx, path, ...args], { timeout: 30_000 });
  return JSON.parse(stdout);
}
