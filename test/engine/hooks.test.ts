import type { App } from "@taskgen/core";
import type { Worker, WorkerEvents } from "@taskgen/worker";
import { describe, expect, it } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
// @ts-expect-error a fixture in plain JavaScript
import { context, registry, traceId } from "./fixtures/wrapped-tasks.js";
import { places, Scene } from "./scene.js";

const memory = places.filter(({ name }) => name.startsWith("memory"));

interface Hooked {
  readonly app: App;
  readonly worker: Worker;
  /** What the hooks of its tasks said, in order. */
  readonly notes: readonly string[];
  readonly lines: readonly WorkerEvents["task-log"][];
}

describe.each(memory)("hooks of tasks on $name", (place) => {
  expectNothingLeftRunning();

  const open = async (): Promise<Hooked> => {
    const scene = await Scene.open(place, { context });
    const worker = scene.newWorker({ registry });
    const lines: WorkerEvents["task-log"][] = [];
    const notes: string[] = [];
    worker.on("task-log", (line) => {
      lines.push(line);
      if (line.fields?.["note"] !== undefined) notes.push(line.message);
    });
    await worker.start();
    return { app: scene.app, worker, notes, lines };
  };
  const settle = async (app: App, task: string, ...args: unknown[]): Promise<string> =>
    (await (await app.sendUnchecked(task, args)).settled({ timeout: "60s" })).state;

  it("are told of a value, within the task and its context", async () => {
    const { app, notes } = await open();
    expect(await traceId.run("t-1", () => settle(app, "doubled", 4))).toBe("SUCCESS");
    expect(notes).toEqual(["onSuccess 8 true t-1", "afterReturn SUCCESS 8"]);
  });

  it("are told of a failure, as it was thrown", async () => {
    const { app, notes } = await open();
    expect(await settle(app, "failing")).toBe("FAILURE");
    expect(notes).toEqual(["onFailure true no", "afterReturn FAILURE no"]);
  });

  it("are told that a value cannot travel", async () => {
    const { app, notes } = await open();
    expect(await settle(app, "unencodable")).toBe("FAILURE");
    expect(notes).toEqual([
      expect.stringMatching(/^onFailure true .*NOT_SERIALIZABLE/),
      expect.stringMatching(/^afterReturn FAILURE .*NOT_SERIALIZABLE/),
    ]);
  });

  it("are told of each retry, and of the end when none is left", async () => {
    const { app, notes } = await open();
    expect(await settle(app, "retried")).toBe("FAILURE");
    expect(notes).toEqual(["onRetry again", "onFailure true again", "afterReturn FAILURE again"]);
  });

  it("are not told of tasks that are ignored or rejected", async () => {
    const { app, notes } = await open();
    expect([await settle(app, "ignoring"), await settle(app, "rejecting")]).toEqual(["IGNORED", "REJECTED"]);
    expect(notes).toEqual([]);
  });

  it("change nothing when they throw: it is logged, and the next one is called", async () => {
    const { app, lines } = await open();
    expect(await settle(app, "wrongHook")).toBe("SUCCESS");
    expect(lines).toMatchObject([
      {
        ...{ level: "error", message: "the hook onSuccess failed: TypeError: the hook is wrong" },
        fields: { hook: "onSuccess", err: { type: "TypeError", stack: expect.stringContaining("the hook is wrong") } },
      },
      { message: "afterReturn" },
    ]);
  });

  it("change nothing when they hang: they are waited for within the task's time limit", async () => {
    const { app, lines } = await open();
    expect(await settle(app, "hangingHook")).toBe("SUCCESS");
    expect(lines).toMatchObject([{ level: "error", message: expect.stringMatching(/onSuccess failed: .* in vain/) }]);
  });

  it.each([{ onFailure: "notify" }, { sensitive: ["token"] }, { sensitive: "0.token" }, { sensitive: ["0..a"] }])(
    "are checked with the other options when the worker loads the task: %j",
    async (options) => {
      const { task } = await import("@taskgen/core");
      const wrong = task(options as object, () => 1);
      const url = "file:///wrong.js";
      const scene = await Scene.open(memory[0]!);
      const worker = scene.newWorker({
        registry: { url, tasks: { wrong: { source: "wrong.js#wrong", load: async () => wrong } } },
      });
      await expect(worker.start()).rejects.toMatchObject({ code: "OPTION_INVALID" });
    },
  );
});
