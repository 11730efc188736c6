import type { TaskError } from "@taskgen/core";
import { describe, expect, it } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/odd-tasks.js";
import { brokersAndPools, Scene } from "./scene.js";

describe.each(brokersAndPools)("tasks that are hard to judge on $name", (place) => {
  expectNothingLeftRunning();

  const failure = async (scene: Scene, task: string): Promise<TaskError> => {
    const settled = await (await scene.app.sendUnchecked(task, [])).settled({ timeout: "60s" });
    if (settled.ok || settled.declared) throw new Error(`${task} did not fail`);
    return settled.error;
  };

  it("fails a task whose retry cannot be understood, and its thread lives on", async () => {
    const scene = await Scene.open(place);
    const worker = await scene.worker({ registry });
    const warnings: Error[] = [];
    worker.on("warning", ({ error }) => warnings.push(error));
    expect(await failure(scene, "nonsense")).toMatchObject({ state: "FAILURE", code: "DURATION_INVALID" });
    expect(await failure(scene, "never")).toMatchObject({ state: "FAILURE", code: "OPTION_INVALID" });
    expect(await failure(scene, "endless")).toMatchObject({ state: "FAILURE", code: "DURATION_INVALID" });
    expect((await failure(scene, "matcher")).message).toContain("the matcher is wrong");
    expect(await failure(scene, "unreadable")).toMatchObject({ state: "FAILURE" });
    expect(warnings).toEqual([]);
  });

  it("retries without limit when the decision says so, whatever the task's limit", async () => {
    const scene = await Scene.open(place);
    await scene.worker({ registry });
    expect(await scene.app.sendUnchecked("persistent", [3]).get({ timeout: "60s" })).toBe(3);
  });

  it("retries a task that is acknowledged early", async () => {
    const scene = await Scene.open(place);
    await scene.worker({ registry });
    expect(await scene.app.sendUnchecked("earlyFlaky", [2]).get({ timeout: "60s" })).toBe(2);
  });

  it("takes limits longer than a timer, and limits that are no whole number of milliseconds", async () => {
    const scene = await Scene.open(place);
    await scene.worker({ registry });
    expect(await scene.app.sendUnchecked("patient", []).get({ timeout: "60s" })).toBe(false);
    const far = { timeLimit: "60d", softTimeLimit: "50d" } as const;
    expect(await scene.app.sendUnchecked("limits", [], far).get({ timeout: "60d" })).toBe(false);
    expect(await scene.app.sendUnchecked("limits", [], { timeLimit: "4.07s" }).get({ timeout: "60s" })).toBe(false);
  });

  it("settles what ended although a listener throws", async () => {
    const scene = await Scene.open(place);
    const worker = await scene.worker({ registry });
    worker.on("task-succeeded", () => {
      throw new Error("the listener is wrong");
    });
    const warnings: string[] = [];
    worker.on("warning", ({ error }) => warnings.push(error.message));
    const calls = await Promise.all([1, 2, 3].map((x) => scene.app.sendUnchecked("add", [x, x])));
    expect(await Promise.all(calls.map((call) => call.get({ timeout: "60s" })))).toEqual([2, 4, 6]);
    expect(warnings).toEqual(calls.map(() => "a listener of task-succeeded threw: Error: the listener is wrong"));
  });
});
