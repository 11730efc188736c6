import { getEventListeners } from "node:events";
import { createId } from "@taskgen/core/internal";
import { expect } from "vitest";
import { within } from "../../support/within.js";
import { deadline } from "../messages.js";
import { close } from "../scene.js";
import type { Cases } from "../suite.js";
import { record, seen } from "./records.js";

const listeners = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

export const waiting: Cases = {
  "waits for what is put later": async (scene) => {
    const { results } = await scene.open();
    const later = record(results, "later");
    const waiter = results.wait(later.id, deadline());
    await results.put([record(results, "another"), later]);
    expect(seen(await within("the result", waiter))).toBe("SUCCESS later");
  },

  "does not wait for what is there": async (scene) => {
    const { results } = await scene.open();
    const there = record(results, "there");
    await results.put([there]);
    expect(seen(await within("the result", results.wait(there.id, deadline())))).toBe("SUCCESS there");
  },

  "hears of what another participant puts": async (scene) => {
    const [a, b] = [await scene.open(), await scene.open()];
    const later = record(a.results, "later");
    const waiter = a.results.wait(later.id, deadline());
    await b.results.put([later]);
    expect(seen(await within("the result", waiter))).toBe("SUCCESS later");
  },

  "tells participants who did not call, where foreign reads are a capability": async (scene) => {
    const [a, b] = [await scene.open(), await scene.open()];
    if (!a.results.caps.foreignReads) return;
    const one = record(a.results, "one");
    const early = b.results.wait(one.id, deadline());
    await a.results.put([one]);
    const all = await within("the results", Promise.all([early, b.results.wait(one.id, deadline())]));
    expect(all.map(seen)).toEqual(["SUCCESS one", "SUCCESS one"]);
  },

  "tells another process, and hears from it": async (scene) => {
    const [{ results }, peer] = [await scene.open(), await scene.peer()];
    if (!results.caps.foreignReads) return;
    const [here, there] = [record(results, "from here"), createId()];
    const [far, near] = [peer.wait(here.id), results.wait(there, deadline())];
    expect(await results.put([here])).toEqual(["stored"]);
    expect(await within("the peer's wait", far)).toBe("from here");
    expect(await peer.put(there, "from there")).toBe("stored");
    expect(seen(await within("the peer's result", near))).toBe("SUCCESS from there");
  },

  "serves many waits at once": async (scene) => {
    const { results } = await scene.open();
    const records = Array.from({ length: 5_000 }, (_, index) => record(results, `${index}`));
    const signals = records.map(() => new AbortController().signal);
    const waits = Promise.all(records.map(({ id }, index) => results.wait(id, signals[index])));
    for (let start = 0; start < records.length; start += 500) await results.put(records.slice(start, start + 500));
    const found = await within("5,000 results", waits);
    expect(found.map(seen)).toEqual(records.map(seen));
    expect(signals.filter((signal) => listeners(signal) > 0)).toEqual([]);
  },

  "serves several waits for one id": async (scene) => {
    const { results } = await scene.open();
    const one = record(results, "one");
    const given = new AbortController();
    const lost = results.wait(one.id, given.signal);
    const kept = [results.wait(one.id, deadline()), results.wait(one.id, deadline())];
    given.abort(new Error("given up"));
    await expect(lost).rejects.toThrow("given up");
    await results.put([one]);
    expect((await within("both", Promise.all(kept))).map(seen)).toEqual(["SUCCESS one", "SUCCESS one"]);
  },

  "ends a wait by its signal and leaves nothing on it": async (scene) => {
    const { results } = await scene.open();
    const controller = new AbortController();
    const reason = new Error("enough");
    const waits = Array.from({ length: 5 }, () => results.wait(createId(), controller.signal));
    const ended = Promise.allSettled(waits);
    controller.abort(reason);
    for (const one of await within("the end of all waits", ended)) expect(one).toEqual({ status: "rejected", reason });
    expect(listeners(controller.signal)).toBe(0);
  },

  "rejects at once with a signal that is aborted already": async (scene) => {
    const { results } = await scene.open();
    const one = record(results, "one");
    const reason = new Error("too late");
    await expect(results.wait(one.id, AbortSignal.abort(reason))).rejects.toBe(reason);
    await results.put([one]);
    await expect(results.wait(one.id, AbortSignal.abort(reason))).rejects.toBe(reason);
  },

  "ends pending waits when it closes": async (scene) => {
    const [closing, staying] = [await scene.open(), await scene.open()];
    const { signal } = new AbortController();
    const one = record(staying.results, "one");
    const ended = expect(closing.results.wait(one.id, signal)).rejects.toMatchObject({ code: "RESULT_CLOSED" });
    const kept = staying.results.wait(one.id, deadline());
    await close(closing);
    await ended;
    expect(listeners(signal)).toBe(0);
    await staying.results.put([one]);
    expect(seen(await within("the other's wait", kept))).toBe("SUCCESS one");
  },
};
