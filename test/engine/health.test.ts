import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { closedPort } from "../support/closed-port.js";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry as hanging } from "./fixtures/hanging-registry.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry as misspelt } from "./fixtures/misspelt-registry.js";
import { brokersAndPools, nextEvent, places, Scene } from "./scene.js";

const up = { status: "up", reconnects: 0 };

describe.each(brokersAndPools)("the health of a worker on $name", (place) => {
  expectNothingLeftRunning();

  it("follows it from its start to its end", async () => {
    const scene = await Scene.open(place);
    const worker = scene.newWorker();
    const nowhere = { status: "down", reconnects: 0 };
    expect(worker.health()).toEqual({
      status: "stopped",
      reason: "it was not started",
      broker: nowhere,
      backend: nowhere,
      queues: [],
      owned: 0,
    });
    const start = worker.start();
    expect(worker.health().status).toBe("starting");
    await within("the start", start);
    const consuming = { status: "consuming", broker: up, backend: up, queues: ["default", "elsewhere"] };
    expect(worker.health()).toEqual({ ...consuming, owned: 0 });
    const started = nextEvent(worker, "task-started");
    await scene.app.sendUnchecked("stubborn", []);
    await started;
    expect(worker.health()).toEqual({ ...consuming, owned: 1 });
    const stopping = worker.stop({ gracePeriod: "50ms" });
    expect(worker.health()).toMatchObject({ status: "draining", owned: 1 });
    await within("the stop", stopping);
    expect(worker.health()).toMatchObject({ status: "stopped", reason: "it was stopped", owned: 0 });
  });

  it("says what a start waits for, and why one failed", async () => {
    const scene = await Scene.open(place);
    const loading = scene.newWorker({ registry: hanging });
    loading.start().catch(() => {});
    await eventually(() => [loading.health().broker, loading.health().backend].every(({ status }) => status === "up"));
    expect(loading.health()).toMatchObject({ status: "starting", reason: "it loads its tasks" });
    const failing = scene.newWorker({ registry: misspelt });
    await expect(failing.start()).rejects.toThrow();
    expect(failing.health()).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("task limited: timeLimit") as string,
    });
    await failing.stop();
    expect(failing.health().status).toBe("stopped");
  });
});

describe("the health of a worker", () => {
  expectNothingLeftRunning();

  it("is bad while the broker it starts with is not there", async () => {
    const scene = new Scene(places[2]!, `redis://127.0.0.1:${await closedPort()}`);
    const worker = scene.newWorker();
    const refused = expect(worker.start()).rejects.toThrow(/stopped/);
    await eventually(() => worker.health().broker.reason !== undefined);
    expect(worker.health().reason).toMatch(/^the broker is down: redis:\/\/127\.0\.0\.1:\d+\/0: .*ECONNREFUSED/);
    expect(await within("the stop", worker.stop())).toEqual({ clean: true });
    await refused;
  });

  it("is bad for good once its threads die of their start", async () => {
    const scene = await Scene.open(places[2]!);
    const url = new URL("../worker/fixtures/exiting-registry.js", import.meta.url);
    url.searchParams.set("marker", join(await tempDir(), "first"));
    const worker = scene.newWorker({ registry: url.href, threads: 2 });
    const fatal = nextEvent(worker, "fatal");
    await worker.start();
    await fatal;
    expect(worker.health()).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("5 pool threads in a row died") as string,
    });
  });
});
