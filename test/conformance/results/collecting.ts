import { getEventListeners } from "node:events";
import { canCollect, createId, type ResultBackend, type ResultRecord } from "@taskgen/core/internal";
import { expect } from "vitest";
import { within } from "../../support/within.js";
import { close } from "../scene.js";
import type { Cases } from "../suite.js";
import { record, seen } from "./records.js";

/** Collects into a list; `undefined` where the results cannot. */
function collect(
  results: ResultBackend,
  ids: readonly string[],
  signal?: AbortSignal,
): { readonly found: ResultRecord[]; readonly end: Promise<void> } | undefined {
  if (!canCollect(results)) return undefined;
  const found: ResultRecord[] = [];
  return { found, end: results.collect(ids, (one) => void found.push(one), signal) };
}

export const collecting: Cases = {
  "collects what is there and what comes": async (scene) => {
    const { results } = await scene.open();
    const [there, later, last] = [record(results, "there"), record(results, "later"), record(results, "last")];
    await results.put([there]);
    const collected = collect(results, [there.id, later.id, last.id]);
    if (collected === undefined) return;
    await results.put([later]);
    await results.put([last]);
    await within("all three", collected.end);
    expect(new Set(collected.found.map(seen))).toEqual(new Set(["SUCCESS there", "SUCCESS later", "SUCCESS last"]));
  },

  "collects none at once": async (scene) => {
    const { results } = await scene.open();
    await within("nothing", collect(results, [])?.end ?? Promise.resolve());
  },

  "serves a collection and a wait of one id": async (scene) => {
    const { results } = await scene.open();
    const one = record(results, "one");
    const collected = collect(results, [one.id]);
    if (collected === undefined) return;
    const waiter = results.wait(one.id);
    await results.put([one]);
    expect(seen(await within("the wait", waiter))).toBe("SUCCESS one");
    await within("the collection", collected.end);
    expect(collected.found.map(seen)).toEqual(["SUCCESS one"]);
  },

  "ends a collection by what its listener throws; others go on": async (scene) => {
    const { results } = await scene.open();
    const [bad, good] = [record(results, "bad"), record(results, "good")];
    if (!canCollect(results)) return;
    const throwing = (): never => {
      throw new Error("enough");
    };
    const ended = expect(results.collect([bad.id, good.id], throwing)).rejects.toThrow("enough");
    const waiter = results.wait(good.id);
    await results.put([bad]);
    await within("the end of the collection", ended);
    await results.put([good]);
    expect(seen(await within("the wait", waiter))).toBe("SUCCESS good");
  },

  "ends a collection by its signal and leaves nothing on it": async (scene) => {
    const { results } = await scene.open();
    const controller = new AbortController();
    const reason = new Error("enough");
    const collected = collect(results, [createId(), createId()], controller.signal);
    if (collected === undefined) return;
    const ended = expect(collected.end).rejects.toBe(reason);
    controller.abort(reason);
    await within("the end", ended);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    await expect(collect(results, [createId()], AbortSignal.abort(reason))!.end).rejects.toBe(reason);
  },

  "ends a collection when it closes": async (scene) => {
    const closing = await scene.open();
    const collected = collect(closing.results, [createId(), createId()]);
    if (collected === undefined) return;
    const ended = expect(collected.end).rejects.toMatchObject({ code: "RESULT_CLOSED" });
    await close(closing);
    await within("the end", ended);
  },
};
