import { canRevoke, createId, type ResultBackend, type Revocation, type Revoking } from "@taskgen/core/internal";
import { expect } from "vitest";
import { eventually } from "../../support/eventually.js";
import { namespace } from "../../support/namespace.js";
import { close, type Scene } from "../scene.js";
import type { Cases } from "../suite.js";

const HOUR_MS = 3_600_000;

async function open(scene: Scene, prefix?: string): Promise<ResultBackend & Revoking> {
  const { results } = await scene.open(prefix);
  if (canRevoke(results)) return results;
  throw new Error("it keeps no revocations");
}

const revocation = (more: Partial<Revocation> = {}): Revocation => ({
  id: createId(),
  ttlMs: HOUR_MS,
  terminate: false,
  children: false,
  ...more,
});

/** What is kept of one id. */
const found = async (results: Revoking, id: string): Promise<Revocation | undefined> =>
  (await results.marks()).find((one) => one.id === id);

export const marking: Cases = {
  "keeps marks for others, with their force": async (scene) => {
    const [a, b] = [await open(scene), await open(scene)];
    const kinds = [false, true].flatMap((terminate) =>
      [false, true].map((children) => revocation({ terminate, children })),
    );
    await a.mark(kinds);
    const marks = new Map((await b.marks()).map((one) => [one.id, one]));
    expect(marks.size).toBe(kinds.length);
    for (const { id, terminate, children } of kinds) expect(marks.get(id)).toMatchObject({ terminate, children });
  },

  "tells how long a mark still holds": async (scene) => {
    const results = await open(scene);
    const one = revocation();
    await results.mark([one]);
    const left = (await found(results, one.id))!.ttlMs;
    expect(left).toBeGreaterThan(HOUR_MS / 2);
    // n.b. the clock of a server may differ from ours by what rounding leaves
    expect(left).toBeLessThanOrEqual(HOUR_MS + 1);
  },

  "adds to a mark, and takes nothing back": async (scene) => {
    const results = await open(scene);
    const { id } = revocation();
    await results.mark([revocation({ id, children: true })]);
    await results.mark([revocation({ id, terminate: true, ttlMs: 2 * HOUR_MS })]);
    await results.mark([revocation({ id, ttlMs: 1 })]);
    const mark = (await found(results, id))!;
    expect(mark).toMatchObject({ terminate: true, children: true });
    expect(mark.ttlMs).toBeGreaterThan(HOUR_MS);
    expect((await results.marks()).length).toBe(1);
  },

  "takes the same id twice in one batch": async (scene) => {
    const results = await open(scene);
    const { id } = revocation();
    await results.mark([revocation({ id, terminate: true }), revocation({ id, children: true })]);
    expect(await found(results, id)).toMatchObject({ terminate: true, children: true });
  },

  "keeps a mark no longer than it should, nor its force": async (scene) => {
    const results = await open(scene);
    const [brief, long] = [revocation({ ttlMs: 200, terminate: true }), revocation()];
    await results.mark([brief, long]);
    await eventually(async () => (await found(results, brief.id)) === undefined, { what: "the end of a mark" });
    expect(await found(results, long.id)).toBeDefined();
    await results.mark([revocation({ id: brief.id, children: true })]);
    expect(await found(results, brief.id)).toMatchObject({ terminate: false, children: true });
  },

  "keeps a mark for the longest of times": async (scene) => {
    const results = await open(scene);
    const one = revocation({ ttlMs: 8.64e15 });
    await results.mark([one]);
    expect((await found(results, one.id))!.ttlMs).toBeGreaterThan(1_000 * 365 * 24 * HOUR_MS);
  },

  "gives back many marks, each once": async (scene) => {
    const results = await open(scene);
    const many = Array.from({ length: 12_345 }, () => revocation());
    await results.mark(many);
    const ids = (await results.marks()).map(({ id }) => id);
    expect(ids.length).toBe(many.length);
    expect(new Set(ids)).toEqual(new Set(many.map(({ id }) => id)));
  },

  "takes an empty batch of marks": async (scene) => {
    const results = await open(scene);
    await results.mark([]);
    expect(await results.marks()).toEqual([]);
  },

  "does not let marks of prefixes meet": async (scene) => {
    const [here, there] = [await open(scene, namespace("p")), await open(scene, namespace("p"))];
    await here.mark([revocation()]);
    expect(await there.marks()).toEqual([]);
  },

  "refuses to mark after it was closed": async (scene) => {
    const participant = await scene.open();
    const { results } = participant;
    if (!canRevoke(results)) throw new Error("it keeps no revocations");
    await close(participant);
    await expect(results.mark([revocation()])).rejects.toMatchObject({ code: "RESULT_CLOSED" });
    await expect(results.marks()).rejects.toMatchObject({ code: "RESULT_CLOSED" });
  },

  "keeps marks while nobody is connected": async (scene) => {
    const first = await scene.open();
    if (!canRevoke(first.results)) throw new Error("it keeps no revocations");
    const one = revocation();
    await first.results.mark([one]);
    await close(first);
    expect(await found(await open(scene), one.id)).toBeDefined();
  },
};
