import { createApp, task, type AppOptions } from "@taskgen/core";
import { internalsOf, stub } from "@taskgen/core/internal";
import type { Stub } from "@taskgen/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { Scene } from "../engine/scene.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { brokers, depthOf, registryOf } from "./scene.js";

const memory = brokers[0]!;

/** Where calls of a name go. */
const placed = (options: AppOptions, name: string, own = {}): { readonly queue: string; readonly priority: number } => {
  const app = createApp({ broker: `memory:${namespace()}`, ...options });
  onTestFinished(() => app.close());
  return internalsOf(app).routing.place(name, own);
};

describe("routes", () => {
  expectNothingLeftRunning();

  it("send what fits a glob, the first that fits", () => {
    const routes = [
      { task: "billing.refund", queue: "refunds" },
      { task: "billing.*", queue: "billing", priority: 7 },
      { task: "*.slow", priority: 1 },
    ];
    expect(placed({ routes }, "billing.refund")).toEqual({ queue: "refunds", priority: 4 });
    expect(placed({ routes }, "billing.eu.charge")).toEqual({ queue: "billing", priority: 7 });
    expect(placed({ routes }, "images.slow")).toEqual({ queue: "default", priority: 1 });
    expect(placed({ routes, queue: "main" }, "billing")).toEqual({ queue: "main", priority: 4 });
  });

  it("take everything but the star by the letter", () => {
    expect(placed({ routes: [{ task: "a.b", queue: "q" }] }, "axb").queue).toBe("default");
    expect(placed({ routes: [{ task: "a+(b)[c]$é", queue: "q" }] }, "a+(b)[c]$é").queue).toBe("q");
    expect(placed({ routes: [{ task: "*", queue: "q" }] }, "").queue).toBe("q");
    expect(placed({ routes: [{ task: "a*", queue: "q" }] }, "ba").queue).toBe("default");
  });

  it("may be functions, asked once for each name", () => {
    const asked: string[] = [];
    const app = createApp({
      broker: `memory:${namespace()}`,
      routes: (name) => {
        asked.push(name);
        if (name.startsWith("mail.")) return "mail";
        return name === "slow" ? { queue: "bulk", priority: 0 } : undefined;
      },
    });
    onTestFinished(() => app.close());
    const { routing } = internalsOf(app);
    const names = ["mail.send", "slow", "add", "mail.send", "add"];
    expect(names.map((name) => routing.place(name, {}))).toEqual([
      { queue: "mail", priority: 4 },
      { queue: "bulk", priority: 0 },
      { queue: "default", priority: 4 },
      { queue: "mail", priority: 4 },
      { queue: "default", priority: 4 },
    ]);
    expect(asked).toEqual(["mail.send", "slow", "add"]);
  });

  it("come after the call and its task, before the queue and the app", () => {
    const options: AppOptions = {
      queue: "main",
      routes: [() => undefined, { task: "add", queue: "routed", priority: 6 }],
      queues: { routed: { priority: 2 }, own: { priority: 1 }, main: { priority: 3 } },
    };
    expect(placed(options, "add", { queue: "own", priority: 9 })).toEqual({ queue: "own", priority: 9 });
    expect(placed(options, "add", { queue: "own" })).toEqual({ queue: "own", priority: 6 });
    expect(placed(options, "add")).toEqual({ queue: "routed", priority: 6 });
    expect(placed(options, "other", { queue: "own" })).toEqual({ queue: "own", priority: 1 });
    expect(placed(options, "other")).toEqual({ queue: "main", priority: 3 });
    expect(placed({ ...options, queues: {} }, "other")).toEqual({ queue: "main", priority: 4 });
  });

  it.each<[string, AppOptions, string]>([
    ["a priority", { routes: [{ task: "a", priority: 10 }] }, "priority 10"],
    ["a queue", { routes: [{ task: "a", queue: "" }] }, "the route of task a"],
    ["a route", { routes: [{ name: "a" } as never] }, "the route of task undefined"],
    ["a weight", { queues: { q: { weight: 0 } } }, "queue q must have a weight"],
    ["a concurrency", { queues: { q: { concurrency: 1.5 } } }, "queue q must have a weight"],
    ["a queue's priority", { queues: { q: { priority: -1 } } }, "priority -1"],
  ])("are refused with %s that cannot be", (_, options, text) => {
    const create = (): unknown => createApp({ broker: "memory:", ...options });
    expect(create).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    expect(create).toThrow(text);
  });

  it("refuse a call when a function gives what cannot be", async () => {
    const app = createApp({ broker: `memory:${namespace()}`, routes: () => ({ priority: 11 }) });
    onTestFinished(() => app.close());
    await expect(app.sendUnchecked("add", [1, 2])).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await expect(stub<Stub<[], void>>(app, "add").delayMany([[], []])).rejects.toMatchObject({
      code: "OPTION_INVALID",
    });
  });

  it("hold for stubs, for calls by name, for many at once", async () => {
    const scene = await Scene.open(memory, { routes: [{ task: "mail.*", queue: "mail" }] });
    const send = stub<Stub<[number], void>>(scene.app, "mail.send");
    const own = stub<Stub<[number], void>>(scene.app, "mail.own", { queue: "own" });
    await Promise.all([send.delay(1), send.delayMany([[2], [3]]), scene.app.sendUnchecked("mail.x", [])]);
    await Promise.all([own.delay(1), send.applyAsync([1], { queue: "elsewhere" })]);
    const depths = await Promise.all(["mail", "own", "elsewhere"].map((queue) => depthOf(scene, queue)));
    expect(depths.map(({ waiting }) => waiting)).toEqual([4, 1, 1]);
  });
});

describe("a worker that is told no queues", () => {
  expectNothingLeftRunning();

  it("takes from those that routes give its tasks, with the app's settings", async () => {
    const scene = await Scene.open(memory, {
      queue: "main",
      routes: [
        { task: "mail.*", queue: "mail" },
        { task: "report", queue: "unused" },
      ],
      queues: { mail: { weight: 3, concurrency: 2 }, other: { weight: 9 } },
    });
    const worker = await scene.worker({
      registry: registryOf({ "mail.send": task(() => 1), report: task({ queue: "reports" }, () => 2) }),
    });
    expect(worker.info?.queues).toEqual(["main", "mail", "reports"]);
    expect(worker.info?.lanes).toContainEqual({ name: "mail", weight: 3, concurrency: 2 });
    expect(await scene.app.sendUnchecked("mail.send", []).get({ timeout: "60s" })).toBe(1);
  });

  it("refuses a queue that cannot be", async () => {
    const scene = await Scene.open(memory);
    const worker = scene.newWorker({ queues: [{ name: "mail", weight: -1 }] });
    await expect(worker.start()).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });
});

describe.each(brokers)("a priority of a queue on $name", (place) => {
  expectNothingLeftRunning();

  it("lets calls go first", async () => {
    const scene = await Scene.open(place, { queues: { mixed: { priority: 9 } } });
    const { transport } = await internalsOf(scene.app).connection();
    const run: number[] = [];
    const call = (n: number, own = {}): PromiseLike<unknown> =>
      scene.app.sendUnchecked("note", [n], { queue: "mixed", ...own });
    for (const n of [1, 2]) await call(n, { priority: 0 });
    for (const n of [3, 4]) await call(n);
    const registry = registryOf({ note: task((n: number) => void run.push(n)) });
    const worker = scene.newWorker({ registry, queues: ["mixed"], concurrency: 1 });
    const last = new Promise<void>((resolve) => {
      worker.on("task-succeeded", () => void (run.length === 4 && resolve()));
    });
    await worker.start();
    await last;
    expect(run).toEqual(transport.caps.priorities > 1 ? [3, 4, 1, 2] : [1, 2, 3, 4]);
  });
});
