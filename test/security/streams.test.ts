import { internalsOf } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { itemsOf, streamOf } from "../engine/stream-scene.js";
import { places } from "../engine/scene.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/streams.js";
import { securedScene } from "./secured-scene.js";

describe.each(places.filter(({ name }) => /^(sqlite|redis), threads$/.test(name)))("sealed streams: $name", (place) => {
  expectNothingLeftRunning();

  it("are read by those who have the keys", async () => {
    const scene = await securedScene(place);
    await scene.worker({ registry });
    const items = Array.from({ length: 250 }, (_, i) => `item ${i}`);
    expect(await itemsOf(streamOf(scene.app, "each", [items]).stream())).toEqual(items);
  });

  it("hold nothing that somebody else wrote, or that stood in another place", async () => {
    const scene = await securedScene(place);
    const { results } = await internalsOf(scene.app).connection();
    const call = await streamOf(scene.app, "each", [[]]);
    const item = new TextEncoder().encode('"forged"');
    const push = (results as unknown as { push(chunk: object): Promise<unknown> }).push.bind(results);
    await push({ id: call.id, first: 1, items: [item], ends: true, ttlMs: 60_000 });
    await expect(itemsOf(call.stream())).rejects.toMatchObject({ code: "RESULT_FORGED" });
  });
});
