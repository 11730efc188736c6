import { internalsOf, type Envelope } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { places, Scene } from "./scene.js";

const encoder = new TextEncoder();

/** A call of `tracked` with which so many workers have died. */
const call = (id: string, redeliveries: number): Envelope => ({
  id,
  queue: "default",
  priority: 4,
  body: encoder.encode(`${JSON.stringify({ v: 1, task: "tracked", redeliveries })}\n["${id}"]`),
});

const SUSPECTS = ["s1", "s2", "s3"];
const OTHERS = ["two-deaths", "another", "none"];

const some = places.filter(({ name }) => ["memory, inline", "sqlite, threads", "redis, threads"].includes(name));

describe.each(some)("tasks that end with the next death on $name", (place) => {
  expectNothingLeftRunning();

  it("run one after the other, each while the others are in the broker; those of fewer deaths run at once", async () => {
    const scene = await Scene.open(place);
    const { transport } = await internalsOf(scene.app).connection();
    const worker = scene.newWorker();
    const [owned, put] = [new Set<string>(), new Set<string>()];
    let most = 0;
    worker.on("task-started", ({ id }) => {
      if (SUSPECTS.includes(id)) most = Math.max(most, owned.add(id).size);
    });
    worker.on("task-succeeded", ({ id }) => void owned.delete(id));
    worker.on("task-parked", ({ id }) => void put.add(id));
    const calls = [...SUSPECTS.map((id) => call(id, 3)), call("two-deaths", 2), call("another", 2), call("none", 0)];
    const sent = await transport.send(calls, AbortSignal.timeout(20_000));
    expect(sent).toEqual(calls.map(() => "stored"));
    await worker.start();
    const values = [...SUSPECTS, ...OTHERS].map((id) => scene.app.result(id).get({ timeout: "60s" }));
    expect(await Promise.all(values)).toEqual([...SUSPECTS, ...OTHERS]);
    expect(most).toBe(1);
    expect(put.size).toBeGreaterThanOrEqual(2);
    expect([...put].filter((id) => !SUSPECTS.includes(id))).toEqual([]);
  });
});
