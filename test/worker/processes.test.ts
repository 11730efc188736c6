import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { spawnChild } from "../support/child.js";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { job, PoolRun } from "../support/pool-run.js";
import { tempDir } from "../support/temp-dir.js";

expectNothingLeftRunning();

const pidOf = (where: unknown): number => Number(String(where).split("/")[0]);

/** n.b. one that has ended and that nobody has asked for its exit code is not running either. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

describe("a pool process", () => {
  it.each([
    { task: "crash", reason: "SIGSEGV" },
    { task: "abort", reason: "SIGABRT" },
  ])("that dies of native code ($task) costs those beside it one more run", async ({ task, reason }) => {
    const run = await PoolRun.start({ kind: "process", children: 2 });
    const file = join(await tempDir(), "gate");
    const beside = job("waitFor", [file], { trackStarted: true });
    const culprit = job(task, [], { maxRedeliveries: 1 });
    run.run(beside, culprit);
    await run.told("a death", () => run.warnings.length > 0);
    writeFileSync(file, "");
    const error = await run.error(culprit, "worker-lost");
    expect(error.message).toContain("2 processes or workers died");
    expect(error.message).toContain(reason);
    expect((await run.ended(beside)).verdict.kind).toBe("success");
    expect([...run.endings.values()].every((count) => count === 1)).toBe(true);
    expect(run.fatal).toEqual([]);
  });

  it("tells what it died of", async () => {
    const run = await PoolRun.start({ kind: "process" });
    expect(await run.call("leakThrow", [0])).toBe("returned");
    await run.told("the death", () => run.warnings.length === 1);
    expect(run.warnings[0]!.message).toBe("a pool process died: a late throw");
  });

  it("ignores the signals that a terminal or service manager sends to all", async () => {
    const run = await PoolRun.start({ kind: "process" });
    const where = await run.call("where");
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.kill(pidOf(where), signal);
    expect(await run.call("where")).toBe(where);
    expect(run.warnings).toEqual([]);
  });

  it("is replaced when something else ends it", async () => {
    const run = await PoolRun.start({ kind: "process" });
    const where = await run.call("where");
    process.kill(pidOf(where), "SIGKILL");
    await run.told("the death", () => run.warnings.length === 1);
    expect(run.warnings[0]!.message).toContain("it was ended by SIGKILL");
    expect(await run.call("where")).not.toBe(where);
  });

  it("does not outlive the main process, whatever it does", async () => {
    const parent = spawnChild(new URL("./fixtures/process-parent.ts", import.meta.url));
    const pids = new Set<number>();
    await parent.line(
      "both tasks to run",
      () => {
        for (const line of parent.lines) pids.add((line as { readonly pid: number }).pid);
        return pids.size === 2 ? pids : undefined;
      },
      20_000,
    );
    expect([...pids].map(isRunning)).toEqual([true, true]);
    await parent.kill();
    await eventually(() => ![...pids].some(isRunning));
  });
});
