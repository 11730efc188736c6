import type { App } from "@taskgen/core";
import { internalsOf } from "@taskgen/core/internal";
import { describe, expect, it, onTestFinished } from "vitest";
import { brokersAndPools, nextEvent, pairs, sharedScene } from "../engine/scene.js";
import { eventually } from "../support/eventually.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
// @ts-expect-error a fixture in plain JavaScript
import { apps, registry, steps } from "./fixtures/registry.js";
import { all, call, open } from "./progress-scene.js";

interface Steps {
  readonly done: number;
  readonly total: number;
}

describe.each([...brokersAndPools, ...pairs])("the progress of a task on $name", (place) => {
  const shared = sharedScene(place, { registry });

  it("is seen as it is reported, and ends with the task", async () => {
    const [{ scene }, folder] = [shared, await tempDir()];
    const result = await call<string>(scene.app, "walk", folder, ["one", "two", "three"]);
    const seen: string[] = [];
    for await (const at of result.progress()) {
      seen.push(at);
      expect([await result.info(), await result.status()]).toEqual([at, "PROGRESS"]);
      await open(folder, at);
    }
    expect(seen).toEqual(["one", "two", "three"]);
    expect(await result.get({ timeout: "60s" })).toBe("walked");
    expect(await all(result.progress())).toEqual(["three"]);
    const { results } = await internalsOf(scene.app).connection();
    if (results.caps.foreignReads) expect(await all(scene.app.result(result.id).progress())).toEqual(["three"]);
  });

  it("travels at most ten times a second, and the last value always does", async () => {
    const { scene } = shared;
    const running = call<Steps>(scene.app, "count", 10_000);
    const seen = await all(running.progress());
    expect(seen.at(-1)).toEqual({ done: 10_000, total: 10_000 });
    const { results } = await internalsOf(scene.app).connection();
    const [last] = await results.latest([running.id]);
    const appends = last!.seq;
    expect(appends).toBeGreaterThan(1);
    // n.b. a machine that stands still for a second allows ten more
    expect(appends).toBeLessThan(100);
    expect(await running.get({ timeout: "60s" })).toBe(10_000);
  });

  it("skips what a slow reader does not come to, and gives the newest", async () => {
    const { scene } = shared;
    const running = call<Steps>(scene.app, "count", 1_000);
    const values = running.progress()[Symbol.asyncIterator]();
    await within("the first value", values.next());
    await running.get({ timeout: "60s" });
    const rest = await all({ [Symbol.asyncIterator]: () => values });
    expect(rest.length).toBeLessThanOrEqual(1);
  });

  it("shows a state of the task's own", async () => {
    const [{ scene }, folder] = [shared, await tempDir()];
    const result = await call<number>(scene.app, "upload", folder);
    for await (const at of result.progress()) {
      expect([at, await result.status(), await result.info()]).toEqual([0.5, "UPLOADING", 0.5]);
      await open(folder, "go");
    }
    expect(await result.status()).toBe("SUCCESS");
  });

  it("ends without an error when the task fails", async () => {
    const { scene } = shared;
    const running = call<string>(scene.app, "fail");
    expect(await all(running.progress())).toEqual(["before"]);
    await expect(running.get({ timeout: "60s" })).rejects.toThrow("after");
  });

  it("goes on over a retry", async () => {
    const [{ scene }, folder] = [shared, await tempDir()];
    const seen: string[] = [];
    for await (const at of call<string>(scene.app, "again", folder).progress()) {
      seen.push(at);
      if (at === "run 1") await open(folder, "go");
    }
    expect(seen.at(-1)).toBe("run 1");
  });

  it("is nothing while the task waits for a retry", async () => {
    const { scene, worker } = shared;
    const waiting = call<string>(scene.app, "waitsForRetry");
    await nextEvent(worker, "task-retried", waiting.id);
    const result = await waiting;
    await eventually(async () => (await result.status()) === "RETRY", { what: "the state" });
    expect(await result.info()).toBeUndefined();
  });

  it("is nothing to fail for", async () => {
    const { scene, worker } = shared;
    const running = call(scene.app, "odd");
    const warned = nextEvent(worker, "task-log", running.id);
    expect(await all(running.progress())).toEqual([]);
    expect(await running.get({ timeout: "60s" })).toBe("fine");
    expect(await warned).toMatchObject({ level: "warn", message: expect.stringContaining("is a function") as string });
  });

  it("belongs to the task that declares its channel", async () => {
    const { scene } = shared;
    expect(await all(call(scene.app, "foreign").progress())).toEqual(["own"]);
    expect(await all(call(scene.app, "quiet").progress())).toEqual([]);
    const running = call(scene.app, "reserved");
    await expect(running.get({ timeout: "60s" })).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });

  it("is not followed within a task without leave to wait", async () => {
    const { scene } = shared;
    const wait = { timeout: "60s" } as const;
    onTestFinished(async () => (apps as Record<string, App | undefined>)[scene.prefix]?.close());
    expect(await call(scene.app, "follow", scene.where, { allowJoin: true }).get(wait)).toBe(3);
    await expect(call(scene.app, "follow", scene.where).get(wait)).rejects.toMatchObject({ code: "JOIN_IN_TASK" });
  });

  it("is not waited for any longer than the caller's signal allows", async () => {
    const [{ scene }, folder] = [shared, await tempDir()];
    const controller = new AbortController();
    const result = await call<string>(scene.app, "walk", folder, ["go"]);
    const follow = async (): Promise<void> => {
      for await (const at of result.progress({ signal: controller.signal })) if (at === "go") controller.abort();
    };
    await expect(within("the abort", follow())).rejects.toMatchObject({ code: "RESULT_ABORTED" });
    await open(folder, "go");
    await result.get({ timeout: "60s" });
  });

  it("is seen of a task that never yields", async () => {
    // n.b. inline it would keep the caller from looking
    if (place.pool === "inline") return;
    const [{ scene }, folder] = [shared, await tempDir()];
    const seen: string[] = [];
    for await (const at of call<string>(scene.app, "spin", folder, ["one", "two"]).progress()) {
      seen.push(at);
      await open(folder, at);
    }
    expect([...new Set(seen)]).toEqual(["one", "two"]);
  });
});

describe("a channel of progress", () => {
  it("goes nowhere outside of a worker, so that a task can be called in place", () => {
    expect(() => (steps as { report(value: unknown): void }).report(1)).not.toThrow();
  });
});
