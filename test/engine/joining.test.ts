import type { App } from "@taskgen/core";
import { expect, it } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
// @ts-expect-error a fixture in plain JavaScript
import { apps } from "./fixtures/tasks.js";
import { places, Scene } from "./scene.js";

expectNothingLeftRunning();

it("owns what a task waits for, also when another thing that it waits for has ended", async () => {
  const scene = await Scene.open(places.find(({ name }) => name === "memory, inline")!);
  await scene.worker({ concurrency: 1 });
  const { prefix, where } = scene;
  // n.b. the second is due when the worker expects nothing any more from the speed of the first
  expect(await scene.app.sendUnchecked("gather", [where, 2]).get({ timeout: "60s" })).toEqual([0, 2]);
  await (apps as Record<string, App>)[prefix]?.close();
});
