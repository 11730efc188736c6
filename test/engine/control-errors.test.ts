import { describe, expect, it } from "vitest";
import { deadLetters } from "../contract-run/dead-letters.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { brokersAndPools, Scene } from "./scene.js";

describe.each(brokersAndPools)("tasks that end themselves on $name", (place) => {
  expectNothingLeftRunning();

  it("are rejected with their reason, which the dead letter has too", async () => {
    const scene = await Scene.open(place);
    await scene.worker();
    const call = await scene.app.sendUnchecked("reject", ["wrong door"]);
    expect(await call.settled({ timeout: "60s" })).toMatchObject({
      ...{ ok: false, state: "REJECTED", declared: false },
      error: { code: "TASK_REJECTED", remote: { name: "RejectTask", message: "wrong door" } },
    });
    expect([...(await deadLetters(scene.app, "default", 1))]).toEqual([[call.id, "RejectTask: wrong door"]]);
  });

  it("are ignored, and leave no dead letter", async () => {
    const scene = await Scene.open(place);
    await scene.worker();
    const ignored = await scene.app.sendUnchecked("ignore", []);
    expect(await ignored.settled({ timeout: "60s" })).toMatchObject({
      ...{ ok: false, state: "IGNORED", declared: false },
      error: { code: "TASK_IGNORED" },
    });
    const rejected = await scene.app.sendUnchecked("reject", ["after it"]);
    await rejected.settled({ timeout: "60s" });
    expect([...(await deadLetters(scene.app, "default", 1)).keys()]).toEqual([rejected.id]);
  });
});
