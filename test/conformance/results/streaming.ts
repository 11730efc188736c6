import {
  canStream,
  createId,
  type ResultBackend,
  type StreamChunk,
  type Streaming,
  type StreamPage,
  type StreamPull,
} from "@taskgen/core/internal";
import { expect } from "vitest";
import { eventually } from "../../support/eventually.js";
import { namespace } from "../../support/namespace.js";
import { within } from "../../support/within.js";
import { bytes, textOf } from "../messages.js";
import { close, type Scene } from "../scene.js";
import type { Cases } from "../suite.js";

const HOUR_MS = 3_600_000;
const { signal: never } = new AbortController();

type Results = ResultBackend & Streaming;

async function open(scene: Scene, prefix?: string): Promise<Results> {
  const { results } = await scene.open(prefix);
  if (canStream(results)) return results;
  throw new Error("it passes on no streams");
}

/** The numbers from `first` to `last` as items. */
const numbers = (first: number, last: number): Uint8Array[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => bytes(String(first + i)));

const chunk = (id: string, first: number, last: number, more: Partial<StreamChunk> = {}): StreamChunk => ({
  id,
  first,
  items: numbers(first, last),
  ends: false,
  ttlMs: HOUR_MS,
  ...more,
});

const request = (id: string, after: number, more: Partial<StreamPull> = {}): StreamPull => ({
  id,
  after,
  maxItems: 1_000,
  maxBytes: 1_000_000,
  ...more,
});

/** What is seen of a page: the number of the first item, the items, and whether it is the last one. */
const seen = ({ first, items, ended }: StreamPage): string =>
  `${first}: ${items.map(textOf).join(" ")}${ended ? " end" : ""}`;

const pulled = async (results: Streaming, ...args: Parameters<typeof request>): Promise<string> =>
  seen(await within("a page", results.pull(request(...args), never)));

const nothing = { written: 0, read: 0 };

export const streaming: Cases = {
  "gives what was written, and the end": async (scene) => {
    const results = await open(scene);
    const id = createId();
    expect(await results.push(chunk(id, 1, 3))).toEqual({ written: 3, read: 0 });
    expect(await results.push(chunk(id, 4, 4, { ends: true }))).toEqual({ written: 4, read: 0 });
    expect(await pulled(results, id, 0)).toBe("1: 1 2 3 4 end");
    expect(await pulled(results, id, 4)).toBe("5:  end");
  },

  "gives the same again until it is acknowledged": async (scene) => {
    const results = await open(scene);
    const id = createId();
    await results.push(chunk(id, 1, 5));
    expect(await pulled(results, id, 0)).toBe("1: 1 2 3 4 5");
    expect(await pulled(results, id, 0, { maxItems: 2 })).toBe("1: 1 2");
    expect(await pulled(results, id, 2)).toBe("3: 3 4 5");
    expect(await pulled(results, id, 0)).toBe("3: 3 4 5");
    expect(await results.push(chunk(id, 6, 6))).toEqual({ written: 6, read: 2 });
  },

  "keeps pages within what is asked for": async (scene) => {
    const results = await open(scene);
    const id = createId();
    const items = [10, 10, 50, 10].map((length) => bytes("x".repeat(length)));
    await results.push(chunk(id, 1, 0, { items, ends: true }));
    const sizes = async (after: number, maxBytes: number): Promise<number[]> =>
      (await results.pull(request(id, after, { maxBytes }), never)).items.map(({ length }) => length);
    expect(await sizes(0, 20)).toEqual([10, 10]);
    expect(await sizes(0, 25)).toEqual([10, 10]);
    expect(await sizes(2, 20)).toEqual([50]);
    expect(await pulled(results, id, 0, { maxItems: 1 })).toBe(`3: ${"x".repeat(50)}`);
    expect(await pulled(results, id, 3, { maxItems: 1 })).toBe(`4: ${"x".repeat(10)} end`);
  },

  "stores the first item of each number": async (scene) => {
    const results = await open(scene);
    const id = createId();
    await results.push(chunk(id, 1, 3));
    const other = ["a", "b", "c", "d"].map(bytes);
    expect(await results.push(chunk(id, 1, 0, { items: other }))).toEqual({ written: 4, read: 0 });
    expect(await results.push(chunk(id, 2, 0, { items: other.slice(0, 1) }))).toEqual({ written: 4, read: 0 });
    expect(await pulled(results, id, 0)).toBe("1: 1 2 3 d");
    expect(await pulled(results, id, 3)).toBe("4: d");
    expect(await results.push(chunk(id, 1, 0, { items: other }))).toEqual({ written: 4, read: 3 });
  },

  "stores nothing after the end": async (scene) => {
    const results = await open(scene);
    const id = createId();
    await results.push(chunk(id, 1, 2, { ends: true }));
    expect(await results.push(chunk(id, 3, 4))).toEqual({ written: 2, read: 0 });
    expect(await pulled(results, id, 0)).toBe("1: 1 2 end");
  },

  "ends a stream of which nothing was written": async (scene) => {
    const results = await open(scene);
    const id = createId();
    const page = pulled(results, id, 0);
    await results.push(chunk(id, 1, 0, { ends: true }));
    expect(await page).toBe("1:  end");
  },

  "can be ended by its reader": async (scene) => {
    const results = await open(scene);
    const id = createId();
    await results.push(chunk(id, 1, 5));
    expect(await pulled(results, id, 0, { maxItems: 2 })).toBe("1: 1 2");
    await results.push(chunk(id, 3, 0, { ends: true }));
    expect(await results.push(chunk(id, 6, 8))).toEqual({ written: 5, read: 0 });
    expect(await pulled(results, id, 2)).toBe("3: 3 4 5 end");
  },

  "gives items as they come, from another participant too": async (scene) => {
    const [writer, reader] = [await open(scene), await open(scene)];
    const id = createId();
    for (let last = 1; last <= 5; last++) {
      const page = pulled(reader, id, last - 1);
      await writer.push(chunk(id, last, last, { ends: last === 5 }));
      expect(await page).toBe(`${last}: ${last}${last === 5 ? " end" : ""}`);
    }
  },

  "waits for what comes after a number that is still to be written": async (scene) => {
    const [writer, reader] = [await open(scene), await open(scene)];
    const id = createId();
    const page = pulled(reader, id, 5);
    for (let last = 1; last <= 4; last++) await writer.push(chunk(id, last, last));
    await writer.push(chunk(id, 5, 7));
    expect(await page).toMatch(/^6: 6/);
    expect(await pulled(reader, id, 6)).toBe("7: 7");
  },

  "tells the writer what was read": async (scene) => {
    const [writer, reader] = [await open(scene), await open(scene)];
    const id = createId();
    await writer.push(chunk(id, 1, 10));
    const drained = writer.drained(id, 0, never);
    expect(await pulled(reader, id, 0)).toBe("1: 1 2 3 4 5 6 7 8 9 10");
    const next = reader.pull(request(id, 4), never);
    expect(await within("the writer's turn", drained)).toEqual({ written: 10, read: 4 });
    expect(seen(await next)).toBe("5: 5 6 7 8 9 10");
    expect(await within("what is known already", writer.drained(id, 3, never))).toEqual({ written: 10, read: 4 });
  },

  "does not wait for one that was forgotten": async (scene) => {
    const results = await open(scene);
    const id = createId();
    await results.push(chunk(id, 1, 10));
    const drained = results.drained(id, 0, never);
    await results.forget([id]);
    expect(await within("the writer's turn", drained)).toEqual(nothing);
    expect(await within("the writer's turn", results.drained(createId(), 0, never))).toEqual(nothing);
  },

  "goes on where nothing is stored any more": async (scene) => {
    const results = await open(scene);
    const id = createId();
    await results.push(chunk(id, 1, 10));
    await results.forget([id]);
    expect(await results.push(chunk(id, 11, 12))).toEqual({ written: 12, read: 10 });
    expect(await pulled(results, id, 4)).toBe("11: 11 12");
    expect(await results.push(chunk(id, 20, 21))).toEqual({ written: 21, read: 19 });
    expect(await pulled(results, id, 12)).toBe("20: 20 21");
  },

  "keeps nothing longer than it should": async (scene) => {
    const results = await open(scene);
    const id = createId();
    await results.push(chunk(id, 1, 10, { ttlMs: 200 }));
    const isGone = async (): Promise<boolean> => (await results.drained(id, -1, never)).written === 0;
    await eventually(isGone, { what: "the end of a stream" });
    expect(await results.push(chunk(id, 11, 11))).toEqual({ written: 11, read: 10 });
  },

  "passes on a long stream in order": async (scene) => {
    const [writer, reader] = [await open(scene), await open(scene)];
    const [id, count, window] = [createId(), 5_000, 500];
    const write = async (): Promise<void> => {
      for (let first = 1; first <= count; first += 250) {
        let position = await writer.push(chunk(id, first, first + 249, { ends: first + 249 === count }));
        while (position.written - position.read > window) position = await writer.drained(id, position.read, never);
      }
    };
    const read: string[] = [];
    const readAll = async (): Promise<void> => {
      for (let ended = false; !ended;) {
        const page = await reader.pull(request(id, read.length, { maxItems: 80 }), never);
        expect(page.first).toBe(read.length + 1);
        read.push(...page.items.map(textOf));
        ended = page.ended;
      }
    };
    await within("a long stream", Promise.all([write(), readAll()]));
    expect(read).toEqual(Array.from({ length: count }, (_, i) => String(i + 1)));
  },

  "passes on many items at once, empty and large ones": async (scene) => {
    const results = await open(scene);
    const id = createId();
    const items = Array.from({ length: 2_500 }, (_, i) => new Uint8Array(i === 1_000 ? 300_000 : i % 3).fill(7));
    expect(await results.push(chunk(id, 1, 0, { items, ends: true }))).toEqual({ written: 2_500, read: 0 });
    const page = await results.pull(request(id, 0, { maxItems: 2_500, maxBytes: 10_000_000 }), never);
    expect(page.items.map(({ length }) => length)).toEqual(items.map(({ length }) => length));
    expect(page.items.every((item) => item.every((byte) => byte === 7))).toBe(true);
    expect(page.ended).toBe(true);
  },

  "ends waits with the reason of their signal": async (scene) => {
    const results = await open(scene);
    const id = createId();
    await results.push(chunk(id, 1, 1));
    const controller = new AbortController();
    const waits = [results.pull(request(id, 1), controller.signal), results.drained(id, 1, controller.signal)];
    const outcomes = Promise.allSettled(waits);
    const reason = new Error("enough");
    controller.abort(reason);
    for (const outcome of await within("the end of waits", outcomes)) expect(outcome).toMatchObject({ reason });
    await expect(results.pull(request(id, 0), controller.signal)).rejects.toBe(reason);
  },

  "ends waits when it closes, and refuses others": async (scene) => {
    const participant = await scene.open();
    const { results } = participant;
    if (!canStream(results)) throw new Error("it passes on no streams");
    const id = createId();
    await results.push(chunk(id, 1, 1));
    const waits = Promise.allSettled([results.pull(request(id, 1), never), results.drained(id, 1, never)]);
    await close(participant);
    const closed = { code: "RESULT_CLOSED" };
    for (const outcome of await within("the end of waits", waits)) expect(outcome).toMatchObject({ reason: closed });
    await expect(results.push(chunk(id, 2, 2))).rejects.toMatchObject(closed);
    await expect(results.pull(request(id, 0), never)).rejects.toMatchObject(closed);
    await expect(results.drained(id, 0, never)).rejects.toMatchObject(closed);
  },

  "does not let streams of prefixes meet": async (scene) => {
    const [here, there] = [await open(scene, namespace("p")), await open(scene, namespace("p"))];
    const id = createId();
    await here.push(chunk(id, 1, 3));
    expect(await there.push(chunk(id, 1, 0, { ends: true }))).toEqual(nothing);
    expect(await pulled(there, id, 0)).toBe("1:  end");
  },
};
