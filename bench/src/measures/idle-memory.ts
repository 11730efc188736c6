import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Settings } from "../settings.js";
import { number, type Table } from "../table.js";

const MIB = 1024 * 1024;
const command = fileURLToPath(new URL("../../../packages/cli/bin/taskgen.js", import.meta.url));
const registry = fileURLToPath(new URL("../tasks/registry.js", import.meta.url));

/** What `taskgen worker` with compiled tasks needs when it has nothing to do. */
export async function idleMemory({ folder }: Settings): Promise<Table> {
  const rows = [];
  for (const threads of [1, 2]) rows.push([`${threads}`, number((await idleBytes(folder, threads)) / MIB)]);
  return { title: "Idle worker", about: ABOUT, columns: ["threads", "resident MiB"], rows };
}

const ABOUT = "`taskgen worker` with compiled tasks on SQLite, two seconds after it was ready.";

async function idleBytes(folder: string, threads: number): Promise<number> {
  const broker = `sqlite:${join(folder, `idle-${threads}.db`)}`;
  const args = [command, "worker", "--registry", registry, "--broker", broker, "--threads", `${threads}`, "--json"];
  const worker = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(worker, "exit");
  try {
    await isReady(worker.stdout);
    await delay(2_000);
    return await residentBytes(worker.pid!);
  } finally {
    worker.kill("SIGTERM");
    await exited;
  }
}

async function isReady(output: NodeJS.ReadableStream): Promise<void> {
  for await (const line of createInterface({ input: output })) if (line.includes("worker-ready")) return;
  throw new Error("the worker ended before it was ready");
}

/** n.b. Linux only. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}
