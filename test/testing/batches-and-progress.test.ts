import { createApp, progress, task, type StubOf } from "@taskgen/core";
import { stub } from "@taskgen/core/internal";
import { createTestWorker } from "@taskgen/worker/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { all } from "../progress/progress-scene.js";

const steps = progress<number>();
const tasks = {
  double: task.batch({ maxSize: 3 }, (numbers: readonly number[]) =>
    numbers.map((n) => (n < 0 ? new RangeError("negative") : { value: 2 * n, of: numbers.length })),
  ),
  count: task({ progress: steps }, (to: number) => {
    for (let i = 1; i <= to; i++) steps.report(i);
  }),
};

describe("a test worker", () => {
  expectNothingLeftRunning();

  const open = async (mode: "worker" | "eager") => {
    const app = createApp({ broker: `memory:${namespace()}` });
    onTestFinished(() => app.close());
    const worker = await createTestWorker({ app, tasks, mode });
    onTestFinished(() => worker.stop());
    return { app, worker, double: stub<StubOf<typeof tasks.double>>(app, "double") };
  };

  it("runs the calls of a batch task together", async () => {
    const { worker, double } = await open("worker");
    const results = await double.delayMany([[1], [-1], [3]]);
    const settled = await Promise.all(results.map((result) => worker.completed(result)));
    expect(settled.map((end) => (end.ok ? end.value : end.error.message))).toEqual([
      { value: 2, of: 3 },
      expect.stringContaining("negative"),
      { value: 6, of: 3 },
    ]);
  });

  it("runs a lone call by itself, eagerly too", async () => {
    const { double } = await open("eager");
    const result = await double.delay(4);
    expect(await result.get()).toEqual({ value: 8, of: 1 });
  });

  it("shows the progress of a task", async () => {
    const { app } = await open("worker");
    expect((await all(stub<StubOf<typeof tasks.count>>(app, "count").delay(1_000).progress())).at(-1)).toBe(1_000);
  });

  it("calls a batch task in place", () => {
    expect(tasks.double([1, 2])).toEqual([
      { value: 2, of: 2 },
      { value: 4, of: 2 },
    ]);
  });
});
