import { createId, KEPT_EVENTS, type ResultBackend, type SequencedEvent } from "@taskgen/core/internal";
import { expect } from "vitest";
import { within } from "../../support/within.js";
import { bytes, textOf } from "../messages.js";
import { close } from "../scene.js";
import type { Cases } from "../suite.js";

const event = (id: string, text: string, state = "PROGRESS") => ({ id, state, body: bytes(text), ttlMs: 60_000 });
const seen = ({ seq, state, body }: SequencedEvent): string => `${seq} ${state} ${textOf(body)}`;

/** Watches until `count` events came, then aborts and waits for the end of the iteration. */
async function watched(results: ResultBackend, id: string, after: number, count: number): Promise<string[]> {
  const controller = new AbortController();
  const events: string[] = [];
  const watching = (async () => {
    for await (const one of results.watch(id, after, controller.signal)) {
      if (events.push(seen(one)) === count) controller.abort();
    }
  })();
  await within(`${count} events`, watching);
  return events;
}

export const watching: Cases = {
  "numbers the events of each id from 1": async (scene) => {
    const { results } = await scene.open();
    const [a, b] = [createId(), createId()];
    await results.append([event(a, "one", "STARTED"), event(b, "other"), event(a, "two")]);
    await results.append([event(a, "three")]);
    const latest = await results.latest([a, createId(), b]);
    expect(latest.map((one) => one && seen(one))).toEqual(["3 PROGRESS three", undefined, "1 PROGRESS other"]);
    expect(await watched(results, a, 0, 3)).toEqual(["1 STARTED one", "2 PROGRESS two", "3 PROGRESS three"]);
  },

  "resumes after a number": async (scene) => {
    const { results } = await scene.open();
    const id = createId();
    await results.append([event(id, "one"), event(id, "two"), event(id, "three")]);
    expect(await watched(results, id, 2, 1)).toEqual(["3 PROGRESS three"]);
  },

  "keeps the last events of an id, and counts on": async (scene) => {
    const { results } = await scene.open();
    const id = createId();
    const some = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => event(id, `no ${from + index}`));
    await results.append(some(1, 60));
    await results.append(some(61, 150));
    await results.append(some(151, 151));
    expect((await results.latest([id])).map((one) => one && seen(one))).toEqual(["151 PROGRESS no 151"]);
    const kept = Array.from({ length: KEPT_EVENTS }, (_, index) => 151 - KEPT_EVENTS + 1 + index);
    const expected = kept.map((number) => `${number} PROGRESS no ${number}`);
    expect(await watched(results, id, 0, KEPT_EVENTS)).toEqual(expected);
    expect(await watched(results, id, 149, 2)).toEqual(["150 PROGRESS no 150", "151 PROGRESS no 151"]);
  },

  "goes on for who fell behind what is kept": async (scene) => {
    const { results } = await scene.open();
    const id = createId();
    await results.append([event(id, "first")]);
    const controller = new AbortController();
    const numbers: number[] = [];
    for await (const { seq } of results.watch(id, 0, controller.signal)) {
      numbers.push(seq);
      if (seq === 1) await results.append(Array.from({ length: 300 }, () => event(id, "more")));
      if (seq === 301) controller.abort();
    }
    expect(numbers.slice(0, 2)).toEqual([1, 301 - KEPT_EVENTS + 1]);
    expect(numbers).toHaveLength(1 + KEPT_EVENTS);
  },

  "shows events as they come, from another participant too": async (scene) => {
    const [a, b] = [await scene.open(), await scene.open()];
    if (!a.results.caps.foreignReads) return;
    const id = createId();
    await a.results.append([event(id, "one")]);
    const seenByB = watched(b.results, id, 0, 4);
    await a.results.append([event(id, "two")]);
    await b.results.append([event(id, "three")]);
    await a.results.append([event(id, "four")]);
    expect(await seenByB).toEqual(["1 PROGRESS one", "2 PROGRESS two", "3 PROGRESS three", "4 PROGRESS four"]);
  },

  "numbers events without a gap when two append at once": async (scene) => {
    const [a, b] = [await scene.open(), await scene.open()];
    if (!a.results.caps.foreignReads) return;
    const id = createId();
    const append = ({ results }: typeof a) =>
      Promise.all(Array.from({ length: 20 }, () => results.append([event(id, "x")])));
    await Promise.all([append(a), append(b)]);
    const numbers = (await watched(a.results, id, 0, 40)).map((one) => Number(one.split(" ")[0]));
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  },

  "ends when its signal aborts, with nothing to show": async (scene) => {
    const { results } = await scene.open();
    const controller = new AbortController();
    const iterator = results.watch(createId(), 0, controller.signal)[Symbol.asyncIterator]();
    const next = iterator.next();
    controller.abort();
    expect(await within("the end of a watch", next)).toEqual({ done: true, value: undefined });
  },

  "shows nothing with a signal that is aborted already": async (scene) => {
    const { results } = await scene.open();
    const id = createId();
    await results.append([event(id, "one")]);
    const iterator = results.watch(id, 0, AbortSignal.abort())[Symbol.asyncIterator]();
    expect(await within("the end of a watch", iterator.next())).toEqual({ done: true, value: undefined });
  },

  "ends when it closes": async (scene) => {
    const participant = await scene.open();
    const { signal } = new AbortController();
    const iterator = participant.results.watch(createId(), 0, signal)[Symbol.asyncIterator]();
    const next = iterator.next().catch((error: { code?: string }) => error.code);
    await close(participant);
    expect(["RESULT_CLOSED", { done: true, value: undefined }]).toContainEqual(
      await within("the end of a watch", next),
    );
  },
};
