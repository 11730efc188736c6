import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createWorker } from "@taskgen/worker";
import { createApp } from "@taskgen/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { fixture, job, PoolRun } from "../support/pool-run.js";
import { tempDir } from "../support/temp-dir.js";

expectNothingLeftRunning();

/** A registry whose set-up modules write to a file. */
async function registry(faults: Readonly<Record<string, string>> = {}) {
  const log = join(await tempDir(), "log");
  const url = `${fixture("setup-registry.js")}?${new URLSearchParams({ log, ...faults }).toString()}`;
  return { url, lines: (): string[] => readFileSync(log, "utf8").trim().split("\n") };
}

const UP = ["set up first", "set up second"];
const DOWN = ["tear down second", "tear down first"];

describe.each(["thread", "process"] as const)("the set-up of a %s", (kind) => {
  it("runs in its order before the tasks are loaded, and in reverse when the pool stops", async () => {
    const { url, lines } = await registry();
    const run = await PoolRun.start({ kind, registryUrl: url });
    expect(await run.call("add", [1, 2])).toBe(3);
    await run.pool.stop();
    expect(lines()).toEqual([...UP, "load", ...DOWN]);
    expect(run.warnings).toEqual([]);
  });

  it("fails the start when it fails, and tears down what was set up", async () => {
    const { url, lines } = await registry({ fail: "setUp second" });
    await expect(PoolRun.start({ kind, registryUrl: url })).rejects.toThrow(
      "setUp of src/second.ts failed: no database",
    );
    expect(lines()).toEqual([...UP, "tear down first"]);
  });

  it("is torn down when a child is replaced in good order", async () => {
    const { url, lines } = await registry();
    const run = await PoolRun.start({ kind, registryUrl: url, maxTasks: 1 });
    await run.call("add", [1, 1]);
    await run.call("add", [1, 1]);
    await run.pool.stop();
    expect(lines().filter((line) => line === "set up first").length).toBeGreaterThanOrEqual(2);
    const count = (wanted: string): number => lines().filter((line) => line === wanted).length;
    expect(count("tear down first")).toBe(count("set up second"));
  });

  it("is not torn down after a crash, which costs no more than without", async () => {
    const { url, lines } = await registry();
    const run = await PoolRun.start({ kind, registryUrl: url });
    const culprit = job("exit", [], { maxRedeliveries: 0 });
    run.run(culprit);
    expect(await run.error(culprit, "worker-lost")).toMatchObject({ code: "WORKER_LOST" });
    expect(lines()).not.toContain("tear down first");
  });

  it("warns when the tear-down fails, and goes on with the others", async () => {
    const { url, lines } = await registry({ fail: "tearDown second" });
    const run = await PoolRun.start({ kind, registryUrl: url });
    run.run(job("never"));
    await run.pool.stop();
    expect(lines().slice(-2)).toEqual(DOWN);
    expect(run.warnings.map(({ message }) => message)).toEqual(["tearDown of src/second.ts failed: still in use"]);
  });
});

describe("the set-up of a worker", () => {
  it.each(["inline", "threads", "processes"] as const)("runs with the pool %s", async (pool) => {
    const { url, lines } = await registry();
    const app = createApp({ broker: `memory:${namespace()}` });
    onTestFinished(() => app.close());
    const worker = createWorker({ app, registry: url, pool, concurrency: 1 });
    await worker.start();
    expect(await app.sendUnchecked("add", [2, 2]).get({ timeout: "60s" })).toBe(4);
    await worker.stop();
    expect(lines()).toEqual([...UP, "load", ...DOWN]);
  });

  it("fails the start of an inline worker", async () => {
    const { url, lines } = await registry({ fail: "setUp first" });
    const app = createApp({ broker: `memory:${namespace()}` });
    onTestFinished(() => app.close());
    const worker = createWorker({ app, registry: url, pool: "inline" });
    await expect(worker.start()).rejects.toThrow("setUp of src/first.ts failed: no database");
    expect(lines()).toEqual(["set up first"]);
  });
});
