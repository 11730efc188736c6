import { createApp, task, type App, type Registry, type TaskOptions } from "@taskgen/core";
import { stub } from "@taskgen/core/internal";
import { createWorker, type PoolKind, type Worker, type WorkerOptions } from "@taskgen/worker";
import { describe, expect, it, onTestFinished } from "vitest";
import { brokerUrl } from "../support/brokers.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { nextEvent } from "../engine/scene.js";
import { hold } from "./fixtures/tasks.js";
import { Scene } from "./scene.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry as threads } from "./fixtures/thread-registry.js";

interface Result {
  readonly ids: readonly string[];
  readonly other: string;
  readonly count: number;
}

function open(where: { readonly broker: string; readonly backend?: string; readonly prefix?: string }): App {
  const app = createApp({ prefix: namespace("p"), ...where });
  onTestFinished(() => app.close());
  return app;
}

async function start(options: WorkerOptions): Promise<Worker> {
  const worker = createWorker({ concurrency: 4, ...options });
  onTestFinished(async () => void (await worker.stop({ gracePeriod: "0ms" })));
  await within("the start of a worker", worker.start());
  return worker;
}

/** A registry of one task with these options. */
const registryOf = (options: TaskOptions): Registry => ({
  url: import.meta.url,
  tasks: { one: { source: "one", load: async () => task(options, () => 1) } },
});

describe.each(["threads", "processes"] as const)("in a task of a pool of %s", (pool: PoolKind) => {
  expectNothingLeftRunning();

  it("calls are not sent twice, and once() runs once", async () => {
    const where = { broker: `sqlite:${await tempDir()}/tasks.db`, prefix: namespace("p") };
    const app = open(where);
    await start({ app, registry: threads as Registry, pool });
    const call = app.sendUnchecked("parent", [where, 1]);
    const { ids, other, count } = (await call.get({ timeout: "60s" })) as Result;
    expect([new Set(ids).size, count]).toEqual([1, 1]);
    expect(ids).not.toContain(other);
    expect(await app.result(ids[0]!).get({ timeout: "60s" })).toBe(2);
  });
});

describe("where results are sent to callers alone", () => {
  expectNothingLeftRunning();

  it("a call that must not be sent twice is refused", async () => {
    const app = open({ broker: brokerUrl("amqp") });
    for (const options of [{ dedupe: {} }, { throttle: { every: "1s" } }, { debounce: { wait: "1s" } }] as const) {
      const [name] = Object.keys(options);
      const call = stub<{ delay: () => Promise<unknown> }>(app, "one", options).delay();
      await expect(call).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
      await expect(call).rejects.toThrow(name);
    }
    const call = app.sendUnchecked("one", [], { idempotencyKey: "a" });
    await expect(call).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
    await expect(call).rejects.toThrow("idempotencyKey");
  });

  it("a worker with such a task does not start", async () => {
    const app = open({ broker: brokerUrl("amqp") });
    for (const options of [{ dedupe: {} }, { throttle: { every: "1s" } }, { debounce: { wait: "1s" } }] as const) {
      const starting = start({ app, registry: registryOf(options), pool: "inline" });
      await expect(starting).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
    }
  });

  it("once() is an error of its task", async () => {
    const app = open({ broker: brokerUrl("amqp") });
    await start({ app, registry: threads as Registry, pool: "threads" });
    const call = app.sendUnchecked("effect", []);
    await expect(call.get({ timeout: "60s" })).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
  });
});

describe("a worker that stops", () => {
  expectNothingLeftRunning();

  it("hands on a call that is one of several messages, and another worker runs it", async () => {
    const scene = await Scene.open({ name: "", broker: "amqp", backend: "sqlite" });
    const registry: Registry = { url: import.meta.url, tasks: { hold: { source: "hold", load: async () => hold } } };
    const call = await scene.stub("hold", { dedupe: { key: "0" } }).delay(scene.log);
    const worker = await start({ app: scene.app, registry, pool: "inline" });
    await scene.happened("begin");
    await within("the stop", worker.stop({ gracePeriod: "0ms" }));
    scene.openGate();
    const next = createWorker({ app: scene.app, registry, pool: "inline" });
    onTestFinished(async () => void (await next.stop({ gracePeriod: "0ms" })));
    const succeeded = nextEvent(next, "task-succeeded", call.id);
    await next.start();
    await succeeded;
    expect(await call.get({ timeout: "60s" })).toBe(`end by ${call.id}`);
    expect([scene.entries("begin").length, scene.entries("end").length]).toEqual([2, 1]);
  });
});
