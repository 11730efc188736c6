import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  canStream,
  createId,
  hasRegisters,
  internalsOf,
  type Registers,
  type ResultBackend,
  type Streaming,
} from "@taskgen/core/internal";
import type { Worker } from "@taskgen/worker";
import { describe, expect, it } from "vitest";
import { deadLetters, inspectorOf } from "../contract-run/dead-letters.js";
import { places, type Scene } from "../engine/scene.js";
import { failedItems, itemsOf, streamOf } from "../engine/stream-scene.js";
import { all, call as reporting } from "../progress/progress-scene.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir } from "../support/temp-dir.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/flows.js";
import { inject, intercept, securedScene, textOf } from "./secured-scene.js";

const LIMIT = { timeout: "60s" } as const;
const SECRET = "the-secret";
const FORGED = new TextEncoder().encode('"forged"');
const ttlMs = 60_000;

const worker = (scene: Scene): Promise<Worker> => scene.worker({ registry });

/** The store of a scene with all that it can. */
async function storeOf(scene: Scene): Promise<ResultBackend & Streaming & Registers> {
  const { results } = await internalsOf(scene.app).connection();
  if (canStream(results) && hasRegisters(results)) return results;
  throw new Error(`${results.location} has no streams and registers`);
}

/** What `once` keeps, as a register has it. */
async function registerOf(scene: Scene, id: string, forged?: string): Promise<string> {
  const [held] = await (
    await storeOf(scene)
  ).swap([{ key: `once:${id}:"charge"`, expected: undefined, next: forged, ttlMs }]);
  return held ?? "";
}

const flowPlaces = places.filter(({ name }) => /^(memory, inline|sqlite, threads|redis, threads)$/.test(name));

describe.each(flowPlaces)("what tasks with keys say and keep on their way: $name", (place) => {
  expectNothingLeftRunning();

  it("calls of a batch are opened each by itself: one that was changed ends alone", async () => {
    const scene = await securedScene(place);
    const changed = await scene.app.sendUnchecked("twice", ["a"]);
    const envelope = await intercept(scene);
    const body = Uint8Array.from(envelope.body);
    body[body.length - 2]! ^= 1;
    await inject(scene, { ...envelope, body });
    const others = [await scene.app.sendUnchecked("twice", ["b"]), await scene.app.sendUnchecked("twice", [SECRET])];
    await worker(scene);
    await expect(changed.get(LIMIT)).rejects.toMatchObject({ code: "SIGNATURE_INVALID", state: "REJECTED" });
    expect(await Promise.all(others.map((call) => call.get(LIMIT)))).toEqual(["b 2", `${SECRET} 2`]);
    const [record] = await (await storeOf(scene)).get([others[1]!.id]);
    expect(textOf(record!.body)).not.toContain(SECRET);
  });

  it("items of a stream are sealed for their task and number", async () => {
    const scene = await securedScene(place);
    const store = await storeOf(scene);
    const call = await streamOf(scene.app, "words", [3, SECRET]);
    await worker(scene);
    expect(await call.get(LIMIT)).toBe(3);
    const page = await store.pull(
      { id: call.id, after: 0, maxItems: 10, maxBytes: 10_000 },
      AbortSignal.timeout(20_000),
    );
    expect(page.items.map(textOf).join()).not.toContain(SECRET);
    expect(await itemsOf(call.stream())).toEqual([1, 2, 3].map((n) => `${SECRET} ${n}`));
    expect(await itemsOf(streamOf(scene.app, "words", [250, "w"]).stream())).toHaveLength(250);
    await call.forget();
    await store.push({ id: call.id, first: 1, items: [page.items[1]!], ends: true, ttlMs });
    const refused = { items: [], error: { code: "RESULT_FORGED" } };
    expect(await failedItems(call.stream())).toMatchObject(refused);
    for (const item of [FORGED, page.items[0]!]) {
      const id = createId();
      await store.push({ id, first: 1, items: [item], ends: true, ttlMs });
      const other = await streamOf(scene.app, "words", [1, "x"], { taskId: id });
      expect(await failedItems(other.stream())).toMatchObject(refused);
    }
  });

  it("what tasks report is sealed", async () => {
    const scene = await securedScene(place);
    const store = await storeOf(scene);
    const waiting = await reporting<string>(scene.app, "reports", "x");
    await store.append([{ id: waiting.id, state: "PROGRESS", body: FORGED, ttlMs }]);
    await expect(waiting.info()).rejects.toMatchObject({ code: "RESULT_FORGED" });
    await expect(all(waiting.progress())).rejects.toMatchObject({ code: "RESULT_FORGED" });
    await worker(scene);
    const call = await reporting<string>(scene.app, "reports", SECRET);
    await call.get(LIMIT);
    expect(await call.info()).toBe(SECRET);
    expect(await all(call.progress())).toEqual([SECRET]);
    expect(textOf((await store.latest([call.id]))[0]!.body)).not.toContain(SECRET);
  });

  it("values of once() are sealed for their task and key", async () => {
    const scene = await securedScene(place);
    const file = join(await tempDir(), "charges");
    await worker(scene);
    const call = await scene.app.sendUnchecked("charge", [file, SECRET]);
    expect(await call.get(LIMIT)).toBe(SECRET);
    expect(await readFile(file, "utf8")).toBe("x");
    const held = await registerOf(scene, call.id);
    expect(held).toMatch(/^v:!/);
    expect(Buffer.from(held.slice(3), "base64").toString("latin1")).not.toContain(SECRET);
    for (const text of ['v:"forged"', held]) {
      const id = createId();
      await registerOf(scene, id, text);
      const other = scene.app.sendUnchecked("charge", [file, "x"], { taskId: id });
      await expect(other.get(LIMIT)).rejects.toMatchObject({ code: "SIGNATURE_INVALID", state: "FAILURE" });
    }
    expect(await readFile(file, "utf8")).toBe("x");
  });

  it("messages that waited for a limit keep their seals, and so does how they end", async () => {
    const scene = await securedScene(place);
    const values = [1, "bad", 2, SECRET];
    const calls = await Promise.all(values.map((value) => scene.app.sendUnchecked("alone", ["key", value])));
    await worker(scene);
    const ends = await Promise.all(calls.map((call) => call.settled(LIMIT)));
    expect(ends.map((end) => (end.ok ? end.value : end.state))).toEqual([1, "REJECTED", 2, SECRET]);
    await expect(calls[1]!.get(LIMIT)).rejects.toMatchObject({ remote: { message: "it is bad" } });
    expect([...(await deadLetters(scene.app, "default", 1)).keys()]).toEqual([calls[1]!.id]);
    const [letter] = await (await inspectorOf(scene.app)).dead("default", 1);
    expect(textOf(letter!.envelope.body)).not.toContain("it is bad");
  });
});
