import { createId } from "@taskgen/core/internal";
import { expect } from "vitest";
import { eventually } from "../../support/eventually.js";
import { namespace } from "../../support/namespace.js";
import { close } from "../scene.js";
import type { Cases } from "../suite.js";
import { record, seen } from "./records.js";

export const storing: Cases = {
  "gives back what was put, in the order asked for": async (scene) => {
    const { results } = await scene.open();
    const [a, b] = [record(results, "a"), record(results, "b", { state: "FAILURE" })];
    expect(await results.put([a, b])).toEqual(["stored", "stored"]);
    const found = await results.get([b.id, createId(), a.id]);
    expect(found.map(seen)).toEqual(["FAILURE b", undefined, "SUCCESS a"]);
    expect(found.map((one) => one?.id)).toEqual([b.id, undefined, a.id]);
  },

  "keeps the first record of an id": async (scene) => {
    const { results } = await scene.open();
    const first = record(results, "first", { state: "REVOKED" });
    await results.put([first]);
    expect(await results.put([{ ...first, state: "SUCCESS" }, record(results, "other")])).toEqual(["exists", "stored"]);
    expect((await results.get([first.id])).map(seen)).toEqual(["REVOKED first"]);
  },

  "keeps the first record of an id within one batch": async (scene) => {
    const { results } = await scene.open();
    const first = record(results, "first");
    expect(await results.put([first, record(results, "second", { id: first.id })])).toEqual(["stored", "exists"]);
    expect((await results.get([first.id])).map(seen)).toEqual(["SUCCESS first"]);
  },

  "agrees on the first record when two put at once": async (scene) => {
    const [a, b] = [await scene.open(), await scene.open()];
    const ids = Array.from({ length: 100 }, () => createId());
    const put = ({ results }: typeof a, text: string) => results.put(ids.map((id) => record(a.results, text, { id })));
    const [ofA, ofB] = await Promise.all([put(a, "a"), put(b, "b")]);
    const stored = (await a.results.get(ids)).map(seen);
    expect(stored).toEqual(ids.map((_, index) => (ofA[index] === "stored" ? "SUCCESS a" : "SUCCESS b")));
    expect(ofB).toEqual(ofA.map((outcome) => (outcome === "stored" ? "exists" : "stored")));
  },

  "takes empty batches": async (scene) => {
    const { results } = await scene.open();
    expect(await results.put([])).toEqual([]);
    expect(await results.get([])).toEqual([]);
    expect(await results.latest([])).toEqual([]);
    await results.append([]);
    await results.forget([]);
  },

  "carries an empty body and one of 1 MB": async (scene) => {
    const { results } = await scene.open();
    const [none, large] = [record(results, ""), record(results, "x".repeat(1024 * 1024))];
    await results.put([none, large]);
    const found = await results.get([none.id, large.id]);
    expect(found.map((one) => one?.body.length)).toEqual([0, 1024 * 1024]);
  },

  "keeps a record no longer than it should": async (scene) => {
    const { results } = await scene.open();
    const [brief, long] = [record(results, "brief", { ttlMs: 200 }), record(results, "long")];
    await results.put([brief, long]);
    await eventually(async () => (await results.get([brief.id]))[0] === undefined, { what: "the end of a record" });
    expect((await results.get([long.id])).map(seen)).toEqual(["SUCCESS long"]);
    expect(await results.put([{ ...brief, ttlMs: 60_000 }])).toEqual(["stored"]);
  },

  forgets: async (scene) => {
    const { results } = await scene.open();
    const [gone, kept] = [record(results, "gone"), record(results, "kept")];
    await results.put([gone, kept]);
    await results.append([{ id: gone.id, state: "STARTED", body: new Uint8Array(), ttlMs: 60_000 }]);
    await results.forget([gone.id, createId()]);
    expect((await results.get([gone.id, kept.id])).map(seen)).toEqual([undefined, "SUCCESS kept"]);
    expect(await results.latest([gone.id])).toEqual([undefined]);
    expect(await results.put([gone])).toEqual(["stored"]);
  },

  "does not let prefixes meet": async (scene) => {
    const [here, there] = [await scene.open(namespace("p")), await scene.open(namespace("p"))];
    const one = record(here.results, "here");
    await here.results.put([one]);
    expect(await there.results.get([one.id])).toEqual([undefined]);
    expect(await there.results.put([one])).toEqual(["stored"]);
  },

  "refuses to work after it was closed": async (scene) => {
    const participant = await scene.open();
    await close(participant);
    await close(participant);
    const { results } = participant;
    await expect(results.put([record(results, "late")])).rejects.toMatchObject({ code: "RESULT_CLOSED" });
    await expect(results.get([createId()])).rejects.toMatchObject({ code: "RESULT_CLOSED" });
    await expect(results.wait(createId(), AbortSignal.timeout(5_000))).rejects.toMatchObject({ code: "RESULT_CLOSED" });
  },
};
