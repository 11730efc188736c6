import {
  canLimit,
  type Admission,
  type Entrant,
  type Limiting,
  type LimitRules,
  type ResultBackend,
} from "@taskgen/core/internal";
import { expect } from "vitest";
import { eventually } from "../../support/eventually.js";
import { namespace } from "../../support/namespace.js";
import { message } from "../messages.js";
import { close, type Scene } from "../scene.js";
import type { Cases } from "../suite.js";

const LATE_MS = 60_000;
/** So seldom that nothing of it is due within a test. */
const RARELY: LimitRules = { everyMs: 3_600_000, lateMs: LATE_MS };
const ONE: LimitRules = { concurrency: 1, lateMs: LATE_MS };

async function room(scene: Scene): Promise<{ readonly limits: Limiting; readonly name: string }> {
  return { limits: await open(scene), name: namespace("room") };
}

async function open(scene: Scene, prefix?: string): Promise<ResultBackend & Limiting> {
  const { results } = await scene.open(prefix);
  if (canLimit(results)) return results;
  throw new Error("it has no rooms");
}

let count = 0;

const entrant = (scene: Scene, { id = `m${count++}`, key = "k", holder = `h${count++}` } = {}): Entrant => ({
  id,
  key,
  holder,
  envelope: message(scene.queue, `body of ${id}`, { id }),
});

const isAdmitted = (admission: Admission): boolean => admission !== "held";

const idsOf = (turns: { readonly envelopes: readonly { readonly id: string }[] }): string[] =>
  turns.envelopes.map(({ id }) => id);

/** Waiting rooms for limited tasks. */
export const limiting: Cases = {
  "spaces starts evenly, and holds those that come too early": async (scene) => {
    const { limits, name } = await room(scene);
    const batch = Array.from({ length: 5 }, () => entrant(scene));
    const admissions = await limits.admit(name, { everyMs: 300, lateMs: LATE_MS }, batch);
    expect(admissions[0]).toBe(0);
    expect(admissions[1]).toBeCloseTo(300, 0);
    expect(admissions[2]).toBeCloseTo(600, 0);
    expect(admissions.slice(3)).toEqual(["held", "held"]);
  },

  "answers the same holder the same, and keeps what it holds": async (scene) => {
    const { limits, name } = await room(scene);
    const batch = [entrant(scene), entrant(scene)];
    expect(await limits.admit(name, ONE, batch)).toEqual([0, "held"]);
    expect(await limits.admit(name, ONE, batch)).toEqual([0, "held"]);
  },

  "tells who asks again since when it may start": async (scene) => {
    const { limits, name } = await room(scene);
    const [first, second] = [entrant(scene), entrant(scene)];
    expect(await limits.admit(name, RARELY, [first, second])).toEqual([0, "held"]);
    const since = await eventually(async () => {
      const [again] = await limits.admit(name, RARELY, [first]);
      return again !== "held" && again! < 0 && { again: again! };
    });
    expect(since.again).toBeLessThan(0);
  },

  "lets so many of a key have a slot, and the next when one leaves": async (scene) => {
    const { limits, name } = await room(scene);
    const [a, b, other] = [entrant(scene), entrant(scene), entrant(scene, { key: "other" })];
    expect(await limits.admit(name, ONE, [a, b, other])).toEqual([0, "held", 0]);
    expect(await limits.turns(name, ONE, 10)).toMatchObject({ envelopes: [], waiting: true });
    expect(await limits.leave(name, [a])).toBe(true);
    const turns = await limits.turns(name, ONE, 10);
    expect(turns).toMatchObject({ envelopes: [b.envelope], waiting: false });
    expect(await limits.turns(name, ONE, 10)).toMatchObject({ envelopes: [] });
    await limits.sent(name, [b.id]);
    const taken = { ...b, holder: "another" };
    expect(await limits.admit(name, ONE, [taken, entrant(scene)])).toEqual([0, "held"]);
    await limits.leave(name, [taken]);
    expect((await limits.turns(name, ONE, 10)).envelopes).toHaveLength(1);
  },

  "frees nothing for those who do not hold it": async (scene) => {
    const { limits, name } = await room(scene);
    const [first, again] = [entrant(scene, { id: "same" }), entrant(scene, { id: "same" })];
    await limits.admit(name, ONE, [first]);
    expect(await limits.admit(name, ONE, [again])).toEqual([0]);
    await limits.leave(name, [first]);
    await limits.leave(name, [{ id: "unknown", holder: "h" }]);
    expect(await limits.admit(name, ONE, [entrant(scene)])).toEqual(["held"]);
    await limits.renew(name, [again, first]);
    await limits.leave(name, [again]);
    expect((await limits.turns(name, ONE, 10)).envelopes).toHaveLength(1);
  },

  "keeps the order within a key, also for who comes when there would be room": async (scene) => {
    const { limits, name } = await room(scene);
    const all = Array.from({ length: 30 }, () => entrant(scene));
    await limits.admit(name, ONE, all);
    await limits.leave(name, all.slice(0, 1));
    expect(await limits.admit(name, ONE, [entrant(scene)])).toEqual(["held"]);
    const order: string[] = [];
    for (const _ of all.slice(1)) {
      const [next] = idsOf(await limits.turns(name, ONE, 10));
      order.push(next!);
      await limits.admit(name, ONE, [entrant(scene, { id: next!, holder: "h" })]);
      await limits.leave(name, [{ id: next!, holder: "h" }]);
    }
    expect(order).toEqual(all.slice(1).map(({ id }) => id));
  },

  "gives keys turns in a ring": async (scene) => {
    const { limits, name } = await room(scene);
    const rules: LimitRules = { concurrency: 2, lateMs: LATE_MS };
    const holders = ["a", "b", "c"].flatMap((key) => [entrant(scene, { key }), entrant(scene, { key })]);
    await limits.admit(name, rules, holders);
    const keys = ["b", "b", "c", "c", ...Array.from({ length: 50 }, () => "a")];
    const waiting = keys.map((key) => entrant(scene, { key }));
    expect(new Set(await limits.admit(name, rules, waiting))).toEqual(new Set(["held"]));
    await limits.leave(name, holders);
    const given = idsOf(await limits.turns(name, rules, 100));
    const keyOf = (id: string): string => waiting.find((one) => one.id === id)!.key;
    expect(given.map(keyOf).toSorted().join("")).toBe("aabbcc");
    expect(given.slice(0, 3).map(keyOf).toSorted().join("")).toBe("abc");
  },

  "shares the pace of a room between its keys": async (scene) => {
    const { limits, name } = await room(scene);
    const rules: LimitRules = { everyMs: 1, keyEveryMs: 3_600_000, lateMs: LATE_MS };
    const batch = ["a", "a", "b", "b", "c"].map((key) => entrant(scene, { key }));
    const admissions = await limits.admit(name, rules, batch);
    expect(admissions[0]).toBe(0);
    const [, , b, , c] = batch;
    const admitted = admissions.flatMap((admission, i) => (isAdmitted(admission) ? [batch[i]!.id] : []));
    const given = idsOf(await limits.turns(name, rules, 10));
    expect([...admitted, ...given].toSorted()).toEqual([batch[0]!.id, b!.id, c!.id].toSorted());
    const turns = await limits.turns(name, rules, 10);
    expect(turns).toMatchObject({ envelopes: [], waiting: true });
    expect(turns.nextMs).toBeGreaterThan(3_000_000);
  },

  "gives a turn when its time has come": async (scene) => {
    const { limits, name } = await room(scene);
    const rules: LimitRules = { everyMs: 1_100, lateMs: LATE_MS };
    const [first, second] = [entrant(scene), entrant(scene)];
    expect(await limits.admit(name, rules, [first, second])).toEqual([0, "held"]);
    const turns = await eventually(async () => {
      const { envelopes } = await limits.turns(name, rules, 10);
      return envelopes.length > 0 && envelopes;
    });
    expect(turns).toEqual([second.envelope]);
    expect(isAdmitted((await limits.admit(name, rules, [second]))[0]!)).toBe(true);
  },

  "takes the time of who comes too late": async (scene) => {
    const { limits, name } = await room(scene);
    const rules: LimitRules = { everyMs: 50, lateMs: -1 };
    const [first, second] = [entrant(scene), entrant(scene, { id: "late" })];
    await limits.admit(name, rules, [first, second]);
    const later = await eventually(async () => {
      const [again] = await limits.admit(name, rules, [entrant(scene, { id: "late" })]);
      return again !== "held" && again! > 0 && { again };
    });
    expect(later.again).toBeGreaterThan(0);
  },

  "lets who came too late to its turn start at once, where nobody came after": async (scene) => {
    const { limits, name } = await room(scene);
    const rules: LimitRules = { everyMs: 1, keyEveryMs: 400, lateMs: -1 };
    const [first, second] = [entrant(scene), entrant(scene)];
    expect(await limits.admit(name, rules, [first, second])).toEqual([0, "held"]);
    await eventually(async () => (await limits.turns(name, rules, 10)).envelopes.length > 0);
    expect(await limits.admit(name, rules, [second])).toEqual([0]);
  },

  "keeps who waits while nobody is connected": async (scene) => {
    const { name } = await room(scene);
    const participant = await scene.open();
    const limits = participant.results as ResultBackend & Limiting;
    const [a, b] = [entrant(scene), entrant(scene)];
    expect(await limits.admit(name, ONE, [a, b])).toEqual([0, "held"]);
    await close(participant);
    const later = await open(scene);
    expect(await later.admit(name, ONE, [b])).toEqual(["held"]);
    await later.leave(name, [a]);
    expect(idsOf(await later.turns(name, ONE, 10))).toEqual([b.id]);
  },

  "separates rooms and prefixes": async (scene) => {
    const { limits, name } = await room(scene);
    const other = await open(scene, namespace("p"));
    expect(await limits.admit(name, ONE, [entrant(scene)])).toEqual([0]);
    expect(await limits.admit(`${name}2`, ONE, [entrant(scene)])).toEqual([0]);
    expect((await limits.rooms()).toSorted()).toEqual([name, `${name}2`]);
    expect(await other.rooms()).toEqual([]);
    expect(await other.admit(name, ONE, [entrant(scene)])).toEqual([0]);
  },
};
