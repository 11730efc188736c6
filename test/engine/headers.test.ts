import { canInspect, internalsOf, type Envelope } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry as odd } from "./fixtures/odd-tasks.js";
import { nextEvent, places, Scene } from "./scene.js";

const place = places.find(({ name }) => name === "sqlite, inline")!;
const encoder = new TextEncoder();

const envelope = (id: string, header: object, args = "[4,4]"): Envelope => ({
  id,
  queue: "default",
  priority: 4,
  body: encoder.encode(`${JSON.stringify(header)}\n${args}`),
});

describe("a worker and the headers of messages", () => {
  expectNothingLeftRunning();

  const send = async (scene: Scene, ...envelopes: readonly Envelope[]): Promise<void> => {
    const { transport } = await internalsOf(scene.app).connection();
    const outcomes = await transport.send(envelopes, AbortSignal.timeout(20_000));
    expect(outcomes).toEqual(envelopes.map(() => "stored"));
  };

  it("makes dead letters of those that are not what this project writes", async () => {
    const scene = await Scene.open(place);
    await scene.worker();
    const known = { v: 1, task: "add" };
    const hostile: Record<string, object> = {
      "time-limit-negative": { ...known, timeLimit: -1 },
      "time-limit-huge": { ...known, timeLimit: 1e300 },
      "retries-negative": { ...known, retries: -1 },
      "parked-huge": { ...known, parked: 1e308 },
      "root-id-large": { ...known, rootId: "r".repeat(60_000) },
      "parent-id-of-wrong-type": { ...known, parentId: 5 },
      "ancestors-no-list": { ...known, ancestors: "a" },
      "ancestors-of-wrong-type": { ...known, ancestors: ["a", null] },
      "ancestors-many": { ...known, ancestors: Array.from({ length: 21 }, () => "a") },
      "headers-a-list": { ...known, headers: ["a"] },
      "headers-nested": { ...known, headers: { a: { b: "c" } } },
      "header-too-long": { ...known, headers: { a: "x".repeat(1_000_000) } },
    };
    const ids = Object.keys(hostile);
    await send(scene, ...ids.map((id) => envelope(id, hostile[id]!)));
    const states = await Promise.all(ids.map((id) => scene.app.result(id).settled({ timeout: "60s" })));
    expect(states.map(({ state }) => state)).toEqual(ids.map(() => "REJECTED"));
  });

  it("takes limits that no timer can wait for", async () => {
    const scene = await Scene.open(place);
    await scene.worker({ registry: odd });
    const far = Number.MAX_SAFE_INTEGER;
    await send(scene, envelope("far", { v: 1, task: "limits", timeLimit: far, softTimeLimit: far }, "[]"));
    expect(await scene.app.result("far").get({ timeout: "60s" })).toBe(false);
  });

  it("parks a message of another version, whatever else its header holds", async () => {
    const scene = await Scene.open(place);
    const worker = await scene.worker({ unknownTasks: { maxParks: 1, backoff: "1ms" } });
    const parked = nextEvent(worker, "task-parked", "newer");
    await send(scene, envelope("newer", { v: 2, task: "add", timeLimit: "5s", headers: [1], rootId: { ns: 1 } }));
    expect(await parked).toMatchObject({ id: "newer", reason: "message version 2 is unknown" });
    await expect(scene.app.result("newer").get({ timeout: "60s" })).rejects.toMatchObject({ code: "UNKNOWN_TASK" });
  });

  it("gives up a message whose next header makes it too large for the broker", async () => {
    const scene = await Scene.open(place);
    await scene.worker();
    const { transport } = await internalsOf(scene.app).connection();
    const { body } = envelope("full", { v: 1, task: "nobody.knows" }, "");
    const full = new Uint8Array(transport.caps.maxBytes);
    full.set(body);
    await send(scene, { ...envelope("full", {}), body: full });
    await expect(scene.app.result("full").get({ timeout: "60s" })).rejects.toMatchObject({
      state: "REJECTED",
      code: "PAYLOAD_TOO_LARGE",
    });
    if (!canInspect(transport)) throw new Error("cannot be inspected");
    expect((await transport.depths())[0]).toMatchObject({ owned: 0, dead: 1 });
  });
});
