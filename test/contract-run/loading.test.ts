import { createApp, task, type Registry, type RegistryEntry, type Task } from "@taskgen/core";
import { createWorker } from "@taskgen/worker";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";

describe("a worker that starts", () => {
  expectNothingLeftRunning();

  const start = async (loaded: Task, entry: Partial<RegistryEntry> = {}): Promise<unknown> => {
    const app = createApp({ broker: `memory:${namespace()}` });
    onTestFinished(() => app.close());
    const load = async (): Promise<Task> => loaded;
    const registry: Registry = { url: import.meta.url, tasks: { add: { source: "add.task.ts#add", load, ...entry } } };
    const worker = createWorker({ app, registry, pool: "inline" });
    onTestFinished(async () => void (await worker.stop({ gracePeriod: "0ms" })));
    return worker.start();
  };
  const withOptions = (options: object): Task => task(options as {}, (x: number) => x);
  const upcaster = (args: readonly unknown[]): readonly unknown[] => args;

  it.each([
    ["a text", "number"],
    ["nothing", null],
    ["a list with something else", [z.number(), { validate: () => true }]],
    ["something with an empty standard", { "~standard": {} }],
  ])("refuses %s as a schema", async (_what, args) => {
    await expect(start(withOptions({ args }))).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringMatching(/task add: args must be a schema/) as string,
    });
  });

  it.each([
    ["a hash that is too long", { [`${"0".repeat(16)}1`]: upcaster }],
    ["a hash in capitals", { "7D40B2E1C3A59F68": upcaster }],
    ["a name", { v1: upcaster }],
    ["what is no function", { "7d40b2e1c3a59f68": [1] }],
  ])("refuses %s in versions", async (_what, versions) => {
    await expect(start(withOptions({ versions }))).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringMatching(/task add: versions has "\w+"/) as string,
    });
  });

  it("says which task has a validator that cannot be loaded", async () => {
    const args = async (): Promise<never> => Promise.reject(new Error("no such module"));
    await expect(start(withOptions({}), { args })).rejects.toThrow(
      "task add (add.task.ts#add) cannot be loaded: no such module",
    );
  });

  it("does not load a validator that a schema stands in for, nor needs one", async () => {
    const args = async (): Promise<never> => Promise.reject(new Error("must not be loaded"));
    await start(withOptions({ args: [z.number()], versions: { "7d40b2e1c3a59f68": upcaster } }), { args });
    await start(withOptions({}), { args: async () => undefined });
  });
});
