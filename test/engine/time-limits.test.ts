import { createApp, type CallOptions, type Stub } from "@taskgen/core";
import { stub } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/limits-registry.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry as swapped } from "./fixtures/swapped-limits-registry.js";
import { places, Scene } from "./scene.js";

const refusal = { code: "OPTION_INVALID", message: expect.stringMatching(/softTimeLimit .* timeLimit /) as string };

describe.each(places.filter(({ name }) => name.startsWith("memory")))("limits of time on $name", (place) => {
  expectNothingLeftRunning();

  const settled = async (name: string): Promise<unknown> => {
    const scene = await Scene.open(place);
    await scene.worker({ registry, killGrace: "0ms" });
    return (await scene.app.sendUnchecked(name, [])).settled({ timeout: "60s" });
  };

  it.each(["waits", "computes"])(
    "a task that %s cleans up at its soft limit, and what it returns is its result",
    async (name) => {
      expect(await settled(name)).toMatchObject({
        ok: true,
        value: { rows: 3, isSoft: true, isAborted: true, code: "SOFT_TIME_LIMIT_EXCEEDED" },
      });
    },
  );

  it("what a task throws after its soft limit is its failure", async () => {
    expect(await settled("fails")).toMatchObject({
      ok: false,
      state: "FAILURE",
      error: { cause: { name: "RangeError", message: "cleaned up", cause: { name: "SoftTimeLimitExceeded" } } },
    });
  });

  it("a task that lets the soft limit through fails with it", async () => {
    expect(await settled("careless")).toMatchObject({
      ok: false,
      state: "FAILURE",
      error: { code: "SOFT_TIME_LIMIT_EXCEEDED", cause: { name: "SoftTimeLimitExceeded" } },
    });
  });

  it("a task that takes no notice of its soft limit ends at the hard one", async () => {
    expect(await settled("greedy")).toMatchObject({ ok: false, error: { code: "TIME_LIMIT_EXCEEDED" } });
  });

  it("refuses to start with a soft limit beyond the hard one", async () => {
    const scene = await Scene.open(place);
    await expect(scene.worker({ registry: swapped })).rejects.toThrow(
      "task swapped: softTimeLimit (2s) must not be longer than timeLimit (1s)",
    );
  });
});

describe("limits of a call", () => {
  it("are refused where the soft one is beyond the hard one, the task's own included", async () => {
    const scene = await Scene.open(places[0]!);
    await scene.worker({ registry });
    const call = (options: CallOptions): Promise<unknown> => scene.app.sendUnchecked("free", [], options).get();
    await expect(call({ softTimeLimit: "1001ms", timeLimit: "1s" })).rejects.toMatchObject(refusal);
    const free = stub<Stub<[], number>>(scene.app, "free", { timeLimit: "1s" });
    await expect(free.with({ softTimeLimit: "2s" }).delay().get()).rejects.toMatchObject(refusal);
    await expect(free.with({ softTimeLimit: "2s" }).delayMany([[], []])).rejects.toMatchObject(refusal);
    expect(await call({ softTimeLimit: "1m", timeLimit: "60s" })).toBe(1);
    expect(await free.with({ softTimeLimit: "2s", timeLimit: "3s" }).delay().get()).toBe(1);
  });
});

describe("a lease", () => {
  it("is refused where heartbeats would come too late for it", () => {
    const tooLate = [{ lease: "5s" }, { heartbeat: "30s" }, { lease: "1s", heartbeat: "1s" }] as const;
    for (const options of tooLate)
      expect(() => createApp({ broker: "memory:", ...options })).toThrow(/^\[OPTION_INVALID\] heartbeat .* lease /);
    createApp({ broker: "memory:", lease: "5001ms" });
  });
});
