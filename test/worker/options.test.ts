import { createApp } from "@taskgen/core";
import { createWorker, type WorkerOptions } from "@taskgen/worker";
import { describe, expect, it, onTestFinished } from "vitest";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { fixture } from "../support/pool-run.js";

expectNothingLeftRunning();

/** Options that make no sense, and what is said of them. */
const REFUSED: readonly (readonly [options: Partial<WorkerOptions>, message: string])[] = [
  [{ pool: "prefork" as "threads" }, 'pool is "prefork"'],
  [{ pool: "processes", processes: 0 }, "processes is 0"],
  [{ pool: "processes", threads: 2 }, "threads has no meaning with the pool processes"],
  [{ processes: 2 }, "processes has no meaning with the pool threads"],
  [{ maxTasksPerChild: 0 }, "maxTasksPerChild is 0"],
  [{ maxTasksPerChild: 1.5 }, "maxTasksPerChild is 1.5"],
  [{ pool: "inline", maxTasksPerChild: 1 }, "maxTasksPerChild has no meaning with the pool inline"],
  [{ pool: "inline", maxMemoryPerChild: "1GB" }, "maxMemoryPerChild has no meaning with the pool inline"],
  [{ pool: "inline", autoscale: { max: 2 } }, "autoscale has no meaning with the pool inline"],
  [{ maxMemoryPerChild: "1TB" as "1GB" }, 'maxMemoryPerChild is "1TB"'],
  [{ maxMemoryPerChild: "0MB" }, 'maxMemoryPerChild is "0MB"'],
  [{ autoscale: { max: 0 } }, "autoscale.max is 0"],
  [{ autoscale: { max: 1, min: 2 } }, "autoscale.min is 2"],
  [{ autoscale: { max: 2, min: -1 } }, "autoscale.min is -1"],
  [{ autoscale: { max: 2 }, threads: 2 }, "leave out threads and processes"],
  [{ autoscale: { max: 4 }, concurrency: 3 }, "concurrency is 3"],
];

describe("a worker's pool", () => {
  it.each(REFUSED)("refuses %j", async (options, message) => {
    const app = createApp({ broker: `memory:${namespace()}` });
    onTestFinished(() => app.close());
    const worker = createWorker({ app, registry: fixture("registry.js"), ...options });
    const refusal = { code: "OPTION_INVALID", message: expect.stringContaining(message) };
    await expect(worker.start()).rejects.toMatchObject(refusal);
  });
});
