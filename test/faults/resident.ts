import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Part } from "./fleet-processes.js";

const run = promisify(execFile);

/** How much memory a process has, in MB. */
export async function residentMb({ child }: Part): Promise<number> {
  const { stdout } = await run("ps", ["-o", "rss=", "-p", `${child.pid}`]);
  return Number(stdout) / 1_024;
}
