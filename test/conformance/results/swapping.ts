import {
  ANYTHING,
  createId,
  hasRegisters,
  type Registers,
  type ResultBackend,
  type Swap,
} from "@taskgen/core/internal";
import { expect } from "vitest";
import { eventually } from "../../support/eventually.js";
import { namespace } from "../../support/namespace.js";
import { close, type Scene } from "../scene.js";
import type { Cases } from "../suite.js";

const HOUR_MS = 3_600_000;

async function open(scene: Scene, prefix?: string): Promise<ResultBackend & Registers> {
  const { results } = await scene.open(prefix);
  if (hasRegisters(results)) return results;
  throw new Error("it has no registers");
}

const swap = (key: string, expected: Swap["expected"], next: string | undefined, ttlMs = HOUR_MS): Swap => ({
  key,
  expected,
  next,
  ttlMs,
});

/** What a register holds. */
const held = async (results: Registers, key: string): Promise<string | undefined> =>
  (await results.swap([swap(key, undefined, undefined)]))[0];

export const swapping: Cases = {
  "gives an empty register to the first, and tells the others": async (scene) => {
    const [a, b] = [await open(scene), await open(scene)];
    const key = createId();
    expect(await a.swap([swap(key, undefined, "a")])).toEqual(["a"]);
    expect(await b.swap([swap(key, undefined, "b")])).toEqual(["a"]);
    expect(await held(b, key)).toBe("a");
  },

  "changes a register that holds what is expected, and no other": async (scene) => {
    const results = await open(scene);
    const key = createId();
    await results.swap([swap(key, undefined, "a")]);
    expect(await results.swap([swap(key, "b", "c")])).toEqual(["a"]);
    expect(await results.swap([swap(key, "a", "c")])).toEqual(["c"]);
    expect(await results.swap([swap(key, "a", undefined)])).toEqual(["c"]);
    expect(await results.swap([swap(key, "c", undefined)])).toEqual([undefined]);
    expect(await held(results, key)).toBeUndefined();
  },

  "writes over anything": async (scene) => {
    const results = await open(scene);
    const key = createId();
    expect(await results.swap([swap(key, ANYTHING, "a")])).toEqual(["a"]);
    expect(await results.swap([swap(key, ANYTHING, "b")])).toEqual(["b"]);
    expect(await results.swap([swap(key, ANYTHING, undefined)])).toEqual([undefined]);
    expect(await results.swap([swap(key, ANYTHING, undefined)])).toEqual([undefined]);
  },

  "makes the swaps of a batch in turn": async (scene) => {
    const results = await open(scene);
    const [one, other] = [createId(), createId()];
    const batch = [
      swap(one, undefined, "a"),
      swap(other, undefined, "b"),
      swap(one, undefined, "c"),
      swap(one, "a", "d"),
    ];
    expect(await results.swap(batch)).toEqual(["a", "b", "a", "d"]);
    expect(await results.swap([])).toEqual([]);
  },

  "answers the same to a batch that comes again": async (scene) => {
    const results = await open(scene);
    const batch = [swap(createId(), undefined, "a"), swap(createId(), ANYTHING, "b")];
    expect(await results.swap(batch)).toEqual(await results.swap(batch));
  },

  "gives a register to one of many who want it at once": async (scene) => {
    const all = await Promise.all(Array.from({ length: 4 }, () => open(scene)));
    const key = createId();
    const wants = all.flatMap((results, i) =>
      Array.from({ length: 25 }, async (_, k) => (await results.swap([swap(key, undefined, `${i} ${k}`)]))[0]),
    );
    expect(new Set(await Promise.all(wants)).size).toBe(1);
  },

  "makes a thousand swaps and more in one batch": async (scene) => {
    const results = await open(scene);
    const batch = Array.from({ length: 2_500 }, (_, i) => swap(createId(), undefined, `${i}`));
    expect(await results.swap(batch)).toEqual(batch.map(({ next }) => next));
  },

  "empties a register when its life is over": async (scene) => {
    const results = await open(scene);
    const [brief, long] = [createId(), createId()];
    await results.swap([swap(brief, undefined, "a", 200), swap(long, undefined, "a")]);
    await eventually(async () => (await held(results, brief)) === undefined, { what: "the end of a register" });
    expect(await held(results, long)).toBe("a");
    expect(await results.swap([swap(brief, undefined, "b")])).toEqual(["b"]);
  },

  "counts a life from the last swap that took effect": async (scene) => {
    const results = await open(scene);
    const [renewed, refused] = [createId(), createId()];
    await results.swap([swap(renewed, undefined, "a", 300), swap(refused, undefined, "a", 300)]);
    await results.swap([swap(renewed, "a", "a"), swap(refused, "b", "b")]);
    await eventually(async () => (await held(results, refused)) === undefined, { what: "the end of a register" });
    expect(await held(results, renewed)).toBe("a");
  },

  "holds any text under any key": async (scene) => {
    const results = await open(scene);
    const texts = ["", "-", "*", "=", "\n", "ä€😀", "{a}:b", "x".repeat(100_000)];
    const keys = texts.map((text, i) => `${text.slice(0, 500)} ${i} ${createId().slice(-4)}`);
    expect(await results.swap(texts.map((text, i) => swap(keys[i]!, undefined, text)))).toEqual(texts);
    for (const [i, text] of texts.entries())
      expect(await results.swap([swap(keys[i]!, text, "next")])).toEqual(["next"]);
  },

  "keeps registers apart from results": async (scene) => {
    const results = await open(scene);
    const id = createId();
    await results.swap([swap(id, undefined, "a")]);
    expect(await results.get([id])).toEqual([undefined]);
    await results.forget([id]);
    expect(await held(results, id)).toBe("a");
  },

  "does not let registers of prefixes meet": async (scene) => {
    const [here, there] = [await open(scene, namespace("p")), await open(scene, namespace("p"))];
    const key = createId();
    await here.swap([swap(key, undefined, "a")]);
    expect(await there.swap([swap(key, undefined, "b")])).toEqual(["b"]);
  },

  "refuses to swap after it was closed": async (scene) => {
    const participant = await scene.open();
    const { results } = participant;
    if (!hasRegisters(results)) throw new Error("it has no registers");
    await close(participant);
    await expect(results.swap([swap("a", undefined, "a")])).rejects.toMatchObject({ code: "RESULT_CLOSED" });
  },

  "keeps registers while nobody is connected": async (scene) => {
    const first = await scene.open();
    if (!hasRegisters(first.results)) throw new Error("it has no registers");
    const key = createId();
    await first.results.swap([swap(key, undefined, "a")]);
    await close(first);
    expect(await held(await open(scene), key)).toBe("a");
  },
};
