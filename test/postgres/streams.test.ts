import { ANYTHING, createId, type StreamChunk } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { bytes, deadline, textOf } from "../conformance/messages.js";
import { brokerUrl } from "../support/brokers.js";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { within } from "../support/within.js";
import { admin, open, type PostgresLike } from "./opening.js";

const chunk = (id: string, first: number, texts: readonly string[], ends = false): StreamChunk => ({
  id,
  first,
  items: texts.map(bytes),
  ends,
  ttlMs: 60_000,
});

const pull = async (results: PostgresLike, id: string, after: number, maxItems = 100, maxBytes = 1_000_000) => {
  const page = await results.pull({ id, after, maxItems, maxBytes }, deadline());
  return { ...page, items: page.items.map(textOf) };
};

describe("streams in a Postgres", () => {
  expectNothingLeftRunning();

  it("passes on what is pushed, in pages, and tells the writer what was read", async () => {
    const { results } = await open(brokerUrl("postgres"));
    const id = createId();
    expect(await results.push(chunk(id, 1, ["a", "b", "c"]))).toEqual({ written: 3, read: 0 });
    expect(await pull(results, id, 0, 2)).toEqual({ first: 1, items: ["a", "b"], ended: false });
    const drained = results.drained(id, 0, deadline());
    expect(await pull(results, id, 2)).toEqual({ first: 3, items: ["c"], ended: false });
    expect(await within("the writer", drained)).toEqual({ written: 3, read: 2 });
    const waiting = pull(results, id, 3);
    expect(await results.push(chunk(id, 4, ["d"], true))).toMatchObject({ written: 4 });
    expect(await within("the end", waiting)).toEqual({ first: 4, items: ["d"], ended: true });
    expect(await pull(results, id, 4)).toEqual({ first: 5, items: [], ended: true });
  });

  it("takes a chunk that comes again, in part or as a whole, once", async () => {
    const { results } = await open(brokerUrl("postgres"));
    const id = createId();
    await results.push(chunk(id, 1, ["a", "b"]));
    expect(await results.push(chunk(id, 1, ["a", "b"]))).toEqual({ written: 2, read: 0 });
    expect(await results.push(chunk(id, 2, ["b", "c"], true))).toEqual({ written: 3, read: 0 });
    expect(await results.push(chunk(id, 4, ["after the end"]))).toEqual({ written: 3, read: 0 });
    expect(await pull(results, id, 0)).toEqual({ first: 1, items: ["a", "b", "c"], ended: true });
    expect(await pull(results, id, 1)).toEqual({ first: 2, items: ["b", "c"], ended: true });
    // what was read is gone: who asks for it learns where the rest begins
    expect(await pull(results, id, 0)).toEqual({ first: 2, items: ["b", "c"], ended: true });
  });

  it("bounds a page by its bytes, but gives one item", async () => {
    const { results } = await open(brokerUrl("postgres"));
    const id = createId();
    await results.push(chunk(id, 1, ["x".repeat(1000), "y".repeat(1000), "z"]));
    expect((await pull(results, id, 0, 100, 1)).items.length).toBe(1);
    expect((await pull(results, id, 0, 100, 2_000)).items.length).toBe(2);
  });

  it("waits for a stream that nobody writes yet, in another process's connection", async () => {
    const here = await open(brokerUrl("postgres"));
    const there = await open(brokerUrl("postgres"), { prefix: here.prefix });
    const id = createId();
    const waiting = pull(here.results, id, 0);
    await there.results.push(chunk(id, 1, ["first"]));
    expect((await within("the first item", waiting)).items).toEqual(["first"]);
    const controller = new AbortController();
    const given = here.results.pull({ id, after: 1, maxItems: 1, maxBytes: 1 }, controller.signal);
    controller.abort(new Error("given up"));
    await expect(given).rejects.toThrow("given up");
  });

  it("forgets a stream, and begins anew when it was kept long enough", async () => {
    const { results, prefix } = await open(brokerUrl("postgres"));
    const [gone, brief] = [createId(), createId()];
    await results.push(chunk(gone, 1, ["a"]));
    await results.forget([gone]);
    expect(await results.push(chunk(gone, 1, ["b"]))).toEqual({ written: 1, read: 0 });
    expect((await pull(results, gone, 0)).items).toEqual(["b"]);
    await results.push({ ...chunk(brief, 1, ["old", "old"]), ttlMs: 1 });
    const client = await admin(brokerUrl("postgres"));
    const isOver = `SELECT expires_at < now() AS is_over FROM "${prefix}".streams WHERE id = '${brief}'`;
    await eventually(async () => (await client.query<{ is_over: boolean }>(isOver)).rows[0]!.is_over);
    expect(await results.push(chunk(brief, 1, ["new"]))).toEqual({ written: 1, read: 0 });
    expect((await pull(results, brief, 0)).items).toEqual(["new"]);
  });
});

describe("registers in a Postgres", () => {
  expectNothingLeftRunning();

  const swap = (key: string, expected: string | undefined | true, next: string | undefined, ttlMs = 60_000) => ({
    key,
    expected,
    next,
    ttlMs,
  });

  it("compares and sets, in turn", async () => {
    const { results } = await open(brokerUrl("postgres"));
    expect(await results.swap([swap("k", undefined, "1"), swap("k", undefined, "2"), swap("k", "1", "3")])).toEqual([
      "1",
      "1",
      "3",
    ]);
    expect(await results.swap([swap("k", "3", undefined), swap("k", "3", "4"), swap("k", ANYTHING, "5")])).toEqual([
      undefined,
      undefined,
      "5",
    ]);
    expect(await results.swap([])).toEqual([]);
  });

  it("agrees on one of many, whatever the order of their keys", async () => {
    const a = await open(brokerUrl("postgres"));
    const b = await open(brokerUrl("postgres"), { prefix: a.prefix });
    const keys = Array.from({ length: 300 }, (_, i) => `key ${i}`);
    const all = (who: string, order: readonly string[]) => order.map((key) => swap(key, undefined, who));
    const [ofA, ofB] = await Promise.all([a.results.swap(all("a", keys)), b.results.swap(all("b", keys.toReversed()))]);
    expect(ofB.toReversed()).toEqual(ofA);
  });

  it("empties a register whose time is over", async () => {
    const { results } = await open(brokerUrl("postgres"));
    await results.swap([swap("k", undefined, "brief", 1)]);
    const taken = async (): Promise<boolean> => (await results.swap([swap("k", undefined, "next")]))[0] === "next";
    await eventually(taken, { what: "the end of a register" });
  });

  it("takes keys and texts of any kind", async () => {
    const { results } = await open(brokerUrl("postgres"));
    const odd = [
      "\0",
      "\\0",
      "\\",
      "'; DROP TABLE results; --",
      "\ud800",
      "\udfff\\d800",
      "😀".repeat(256),
      '\n\t$1 {},"NULL"',
    ];
    for (const text of odd) expect(await results.swap([swap(text, undefined, text)])).toEqual([text]);
    expect(await results.swap(odd.map((text) => swap(text, text, `${text}!`)))).toEqual(odd.map((text) => `${text}!`));
    const longest = "\ud800".repeat(512);
    expect(await results.swap([swap(longest, undefined, "x")])).toEqual(["x"]);
  });
});
