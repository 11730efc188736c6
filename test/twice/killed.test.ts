import type { StubOptions } from "@taskgen/core";
import { describe, expect, it } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { within } from "../support/within.js";
import { places, Scene } from "./scene.js";

/** What makes calls the same, by its name. */
const RETURNING: Readonly<Record<string, StubOptions & { readonly idempotencyKey?: string }>> = {
  "dedupe by a key": { dedupe: { key: "0" } },
  "dedupe by all arguments": { dedupe: {} },
  "an idempotency key": { idempotencyKey: "a" },
  throttle: { throttle: { every: "1h" } },
};

const PATIENCE = { timeout: "60s" } as const;

describe.each(places)("a worker that is killed, on $name", (place) => {
  expectNothingLeftRunning();

  it.each(Object.keys(RETURNING))(
    "%s: those that call meanwhile and after have the one outcome",
    async (name) => {
      const scene = await Scene.open(place);
      const hold = scene.stub("hold", RETURNING[name]);
      const worker = await scene.worker();
      const first = await hold.delay(scene.log);
      await scene.happened("begin");
      const during = await hold.delay(scene.log);
      await worker.kill();
      const after = await hold.delayMany([[scene.log], [scene.log]]);
      await scene.worker();
      await scene.happened("begin", 2);
      scene.openGate();
      const value = await first.get(PATIENCE);
      const late = await hold.delay(scene.log);
      for (const other of [during, ...after, late]) {
        expect(other.id).toBe(first.id);
        expect(await other.get(PATIENCE)).toBe(value);
      }
      await scene.quiet();
      expect([scene.entries("begin").length, scene.entries("end").length]).toEqual([2, 1]);
    },
    60_000,
  );

  it("dedupe that drops: the others end at once, and the first runs to its end", async () => {
    const scene = await Scene.open(place);
    const hold = scene.stub("hold", { dedupe: { key: "0", mode: "drop" } });
    const worker = await scene.worker();
    const first = await hold.delay(scene.log);
    await scene.happened("begin");
    await worker.kill();
    await expect(hold.delay(scene.log).get()).rejects.toMatchObject({ code: "DUPLICATE_CALL" });
    await scene.worker();
    scene.openGate();
    expect(await first.get(PATIENCE)).toBe(`end by ${first.id}`);
    await expect(hold.delay(scene.log).get()).rejects.toMatchObject({ code: "DUPLICATE_CALL" });
    await scene.quiet();
    expect(scene.entries("end").length).toBe(1);
  });

  it("debounce: the latest runs to its end, the others do not run", async () => {
    const scene = await Scene.open(place);
    const hold = scene.stub("hold", { debounce: { key: "0", wait: "1s" } });
    const worker = await scene.worker();
    const calls = await hold.delayMany([[scene.log], [scene.log], [scene.log]]);
    await scene.happened("begin");
    for (const call of calls.slice(0, 2))
      await expect(call.get(PATIENCE)).rejects.toMatchObject({ code: "SUPERSEDED", state: "IGNORED" });
    await worker.kill();
    await scene.worker();
    scene.openGate();
    expect(await calls[2]!.get(PATIENCE)).toBe(`end by ${calls[2]!.id}`);
    await scene.quiet();
    expect(new Set(scene.entries("begin").map(({ id }) => id))).toEqual(new Set([calls[2]!.id]));
    expect(scene.entries("end").length).toBe(1);
  });

  it("once: what was done is not done again", async () => {
    const scene = await Scene.open(place);
    const worker = await scene.worker();
    const call = await scene.stub("pay").delay(scene.log);
    await scene.happened("charged");
    await worker.kill();
    await scene.worker();
    await scene.happened("charged", 2);
    scene.openGate();
    expect(await call.get(PATIENCE)).toBe(`charge by ${call.id}`);
    expect(scene.entries("charge").length).toBe(1);
  });

  it("once: what was being done is done by the next one", async () => {
    const scene = await Scene.open(place);
    const worker = await scene.worker();
    const call = await scene.stub("slow").delay(scene.log);
    await scene.happened("charge");
    await worker.kill();
    await scene.worker();
    await scene.happened("charge", 2);
    scene.openGate();
    expect(await within("the value", call.get(PATIENCE))).toBe(`charged by ${call.id}`);
    expect([scene.entries("charge").length, scene.entries("charged").length]).toEqual([2, 1]);
  });
});
