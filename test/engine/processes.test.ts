import type { Worker } from "@taskgen/worker";
import { describe, expect, it } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { nextEvent, processPlaces, Scene } from "./scene.js";

describe.each(processPlaces)("a worker with processes on $name", (place) => {
  expectNothingLeftRunning();

  it("runs, retries and fails tasks, many at once", async () => {
    const scene = await Scene.open(place);
    const worker = await scene.worker({ processes: 2, maxTasksPerChild: 100, maxMemoryPerChild: "2GB" });
    expect(worker.info).toMatchObject({ pool: "processes", processes: 2, threads: 0, concurrency: 20 });
    const calls = await scene.app.sendUnchecked("flaky", [2]);
    const many = await Promise.all(Array.from({ length: 300 }, (_, i) => scene.app.sendUnchecked("add", [i, 1])));
    const values = await Promise.all(many.map((call) => call.get({ timeout: "60s" })));
    expect(values).toEqual(many.map((_, i) => i + 1));
    expect(await calls.get({ timeout: "60s" })).toBe(2);
    await expect(scene.app.sendUnchecked("boom", []).get({ timeout: "60s" })).rejects.toMatchObject({
      state: "FAILURE",
    });
  });

  it("lets tasks call tasks through its own connection", async () => {
    const scene = await Scene.open(place);
    await scene.worker();
    expect(await scene.app.sendUnchecked("countdown", [scene.where, 3]).get({ timeout: "60s" })).toBe(3);
  });

  it("ends a task that crashes its process after its redeliveries, and goes on", async () => {
    const scene = await Scene.open(place);
    const worker = await scene.worker({ maxRedeliveries: 1 });
    const warned = nextEvent(worker, "warning");
    const call = await scene.app.sendUnchecked("crash", []);
    expect((await warned).error.message).toContain("a pool process died: it was ended by SIGSEGV");
    await expect(call.get({ timeout: "60s" })).rejects.toMatchObject({ state: "FAILURE", code: "WORKER_LOST" });
    expect(await scene.app.sendUnchecked("add", [4, 4]).get({ timeout: "60s" })).toBe(8);
  });

  it("stops in the middle of that, and the next one counts on", async () => {
    const scene = await Scene.open(place);
    let deaths = 0;
    const start = async (): Promise<Worker> => {
      const worker = scene.newWorker({ maxRedeliveries: 2 });
      worker.on("warning", ({ error }) => void (deaths += Number(error.message.startsWith("a pool process died"))));
      await worker.start();
      return worker;
    };
    const first = await start();
    const warned = nextEvent(first, "warning");
    const call = await scene.app.sendUnchecked("crash", []);
    await warned;
    await first.stop();
    await start();
    await expect(call.get({ timeout: "60s" })).rejects.toMatchObject({ state: "FAILURE", code: "WORKER_LOST" });
    expect(deaths).toBe(3);
  });

  it("grows while tasks wait in the broker", async () => {
    const scene = await Scene.open(place);
    const worker = scene.newWorker({ processes: undefined, autoscale: { max: 2 }, concurrency: 2 });
    expect(await worker.start()).toMatchObject({ processes: 1, autoscale: { max: 2, min: 1 }, concurrency: 2 });
    const both = [1, 2].map(() => scene.app.sendUnchecked("stubborn", []));
    await Promise.all(both.map(({ id }) => nextEvent(worker, "task-started", id)));
  });
});
