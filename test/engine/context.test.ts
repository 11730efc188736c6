import { AsyncLocalStorage } from "node:async_hooks";
import { stub } from "@taskgen/core/internal";
import type { App, CallOptions, Stub } from "@taskgen/core";
import { describe, expect, it } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
// @ts-expect-error a fixture in plain JavaScript
import * as fixture from "./fixtures/wrapped-tasks.js";
import { brokersAndPools, nextEvent, places, Scene, type Place } from "./scene.js";

const { apps, context, registry, tenant, traceId } = fixture as {
  /** Those of tasks that run in this process. */
  readonly apps: Record<string, App>;
  readonly context: NonNullable<Parameters<typeof Scene.open>[1]>["context"];
  readonly registry: { readonly url: string; readonly tasks: object };
  readonly traceId: AsyncLocalStorage<string>;
  readonly tenant: { readonly storage: AsyncLocalStorage<{ readonly name: string }> };
};

const open = async (place: Place): Promise<Scene> => {
  const scene = await Scene.open(place, { context });
  apps[scene.prefix] = scene.app;
  await scene.worker({ registry: registry as never });
  return scene;
};
const value = (app: App, task: string, args: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> =>
  app.sendUnchecked(task, args, options).get({ timeout: "60s" });

describe.each(brokersAndPools)("what travels with calls on $name", (place) => {
  expectNothingLeftRunning();

  it("is in the storages of the task, unless nothing was in those of the caller", async () => {
    const { app } = await open(place);
    const [both, one, none] = await Promise.all([
      traceId.run("t-1", () => tenant.storage.run({ name: "acme" }, () => value(app, "seen"))),
      traceId.run("t-2", () => value(app, "seen")),
      value(app, "seen"),
    ]);
    expect([both, one, none]).toEqual([{ traceId: "t-1", tenant: "acme" }, { traceId: "t-2" }, {}]);
  });

  it("is a header that the call may name itself", async () => {
    const { app } = await open(place);
    const named = traceId.run("t-1", () => value(app, "seen", [], { headers: { traceId: "mine" } }));
    expect(await named).toEqual({ traceId: "mine" });
  });

  it("travels with every call of a list", async () => {
    const { app } = await open(place);
    const seen = stub<Stub<unknown[], unknown>>(app, "seen");
    const values = traceId.run("t-1", () => seen.delayMany([[], []]).get({ timeout: "60s" }));
    expect(await values).toEqual([{ traceId: "t-1" }, { traceId: "t-1" }]);
  });

  it("reaches calls of calls, with the headers of those above; own ones win by name", async () => {
    const scene = await open(place);
    const headers = { "level-2": "of the caller", tenant: "acme", region: "eu" };
    const last = traceId.run("t-1", () => value(scene.app, "relay", [scene.where, 2], { headers }));
    expect(await last).toEqual({
      traceId: "t-1",
      tenant: "acme",
      headers: { "level-2": "own", "level-1": "own", tenant: "acme", region: "eu", traceId: "t-1" },
    });
  });

  it("is there again when the task is retried", async () => {
    const { app } = await open(place);
    expect(await traceId.run("t-1", () => value(app, "seenAgain"))).toEqual({ traceId: "t-1" });
  });

  it("does not keep a task from running when a header cannot be read", async () => {
    const scene = await Scene.open(place, { context });
    const worker = scene.newWorker({ registry: registry as never });
    const line = nextEvent(worker, "task-log");
    await worker.start();
    expect(await value(scene.app, "seen", [], { headers: { tenant: "" } })).toEqual({});
    expect(await line).toMatchObject({
      level: "warn",
      message: "the header tenant cannot be read; the task runs without its value",
      fields: { header: "tenant", err: { type: "RangeError", message: "a tenant has a name" } },
    });
  });
});

describe.each(places.filter(({ pool }) => pool === "threads"))("what travels with calls on $name", (place) => {
  expectNothingLeftRunning();

  it("is there again when the task's thread has died", async () => {
    const { app } = await open(place);
    expect(await traceId.run("t-1", () => value(app, "seenAfterDeath"))).toEqual({ traceId: "t-1" });
  });
});

describe("a value that cannot become a header", () => {
  expectNothingLeftRunning();

  it("refuses the call", async () => {
    const storage = new AsyncLocalStorage<number>();
    const count = {
      storage,
      toHeader: (): string => {
        throw new RangeError("too large");
      },
      fromHeader: Number,
    };
    const { app } = await Scene.open(places[0]!, { context: { count } });
    await expect(storage.run(1, async () => app.sendUnchecked("seen", []))).rejects.toThrow("too large");
    await expect(app.sendUnchecked("seen", [])).resolves.toBeDefined();
  });
});
