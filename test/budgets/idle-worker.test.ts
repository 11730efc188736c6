import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { expectWithin } from "../support/budget.js";
import { eventually } from "../support/eventually.js";
import { eventLine, startTaskgen } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";
import { BUDGETS } from "./budgets.js";

const MEGABYTE = 1_000_000;
const registry = fileURLToPath(new URL("fixtures/registry.js", import.meta.url));

/** What a process has in memory, in megabytes. */
async function residentMegabytes(pid: number): Promise<number> {
  if (process.platform !== "linux") {
    const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", `${pid}`]);
    return (Number(stdout) * 1024) / MEGABYTE;
  }
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024) / MEGABYTE;
}

it("an idle worker with one thread needs little memory", async () => {
  const cwd = await tempDir();
  const args = ["worker", "--registry", registry, "--broker", `sqlite:${cwd}/tasks.db`, "--threads", "1", "--json"];
  const worker = startTaskgen(args, { cwd });
  await eventLine(worker, "worker-ready");
  let resident = Infinity;
  // n.b. what the start needed is given back a little later
  const isSmall = async (): Promise<boolean> =>
    (resident = await residentMegabytes(worker.pid)) <= BUDGETS["idle.memory"].most;
  await eventually(isSmall, { within: 25_000, every: 100 }).catch(() => {});
  expectWithin("idle.memory", resident);
  worker.signal("SIGTERM");
  expect(await worker.exited).toEqual({ code: 0, signal: null });
});
