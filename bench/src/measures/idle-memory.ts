import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { WorkerCommand } from "../command/worker.js";
import type { Settings } from "../settings.js";
import { number, type Table } from "../table.js";

const MIB = 1024 * 1024;
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
  await using worker = new WorkerCommand({ broker, threads, registry, cwd: folder });
  await worker.logged("worker-ready");
  await delay(2_000);
  return await residentBytes(worker.pid);
}

/** n.b. Linux only. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}
