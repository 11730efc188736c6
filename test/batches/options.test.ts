import { type BatchOptions, createApp, type Registry, type Task, task } from "@taskgen/core";
import { createWorker } from "@taskgen/worker";
import { describe, expect, it, onTestFinished } from "vitest";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";

function start(odd: Task): Promise<unknown> {
  const app = createApp({ broker: `memory:${namespace()}` });
  onTestFinished(() => app.close());
  const registry: Registry = {
    url: import.meta.url,
    tasks: { odd: { source: "options.test.ts#odd", load: async () => odd } },
  };
  const worker = createWorker({ app, registry, pool: "inline" });
  onTestFinished(async () => void (await worker.stop({ gracePeriod: "0ms" })));
  return worker.start();
}

describe("options of a batch task", () => {
  expectNothingLeftRunning();

  it.each<[BatchOptions, string]>([
    [{ maxSize: 0 }, "maxSize is 0"],
    [{ maxSize: 2.5 }, "maxSize is 2.5"],
    [{ maxSize: 10_001 }, "from 1 to 10000"],
    [{ maxWait: "11m" }, "at most 10m"],
    [{ maxWait: "soon" as "1s" }, "soon"],
  ])("%j is refused at the start", async (options, text) => {
    const odd = task.batch(options, (items: readonly string[]) => items);
    await expect(start(odd)).rejects.toMatchObject({ message: expect.stringContaining(text) as string });
  });

  it("refuses a channel of progress that is none", async () => {
    const odd = task({ progress: {} as never }, () => 1);
    await expect(start(odd)).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });
});
