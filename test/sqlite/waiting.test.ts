import { join } from "node:path";
import { createApp } from "@taskgen/core";
import { createId, type ResultBackend, type ResultRecord } from "@taskgen/core/internal";
import { describe, expect, it, onTestFinished } from "vitest";
import { bytes, textOf } from "../conformance/messages.js";
import { record } from "../conformance/results/records.js";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { openBoth } from "./opening.js";

/** What these results can besides. */
interface Expectant extends ResultBackend {
  expect(id: string): { readonly record: Promise<ResultRecord>; readonly cancel: (reason: unknown) => void };
}

const url = async (): Promise<string> => `sqlite:${join(await tempDir(), "tasks.db")}`;

const ids = (count: number): string[] => Array.from({ length: count }, () => createId());

async function put(results: ResultBackend, ...those: readonly string[]): Promise<void> {
  await results.put(those.map((id) => record(results, id, { id })));
}

const textsOf = async (waits: readonly ReturnType<ResultBackend["wait"]>[]): Promise<string[]> =>
  (await within("all records", Promise.all(waits))).map(({ body }) => textOf(body));

describe("waits for results in SQLite", () => {
  expectNothingLeftRunning();

  it("are all served while few become many, and many become few", async () => {
    const { results } = await openBoth(await url());
    const [few, more, last] = [ids(3), ids(40), ids(2)];
    const waitsOf = (those: readonly string[]) => those.map((id) => results.wait(id));
    const first = waitsOf(few);
    await put(results, few[0]!);
    const second = waitsOf(more);
    await put(results, few[1]!, ...more.slice(0, 20));
    await put(results, ...more.slice(20));
    const third = waitsOf(last);
    await put(results, ...last);
    await put(results, few[2]!);
    expect(await textsOf([...first, ...second, ...third])).toEqual([...few, ...more, ...last]);
  });

  it("find what was stored, by one and by many at once", async () => {
    const { results } = await openBoth(await url());
    const stored = ids(12);
    await put(results, ...stored);
    expect(await textsOf([results.wait(stored[0]!)])).toEqual([stored[0]]);
    expect(await textsOf(stored.map((id) => results.wait(id)))).toEqual(stored);
  });

  it("begin before the call is sent, and can be given up", async () => {
    const { results } = (await openBoth(await url())) as unknown as { readonly results: Expectant };
    const [one, other] = ids(2) as [string, string];
    const given = results.expect(one);
    const kept = [results.expect(one), results.expect(other)];
    const reason = new Error("not sent");
    given.cancel(reason);
    given.cancel(new Error("again"));
    await expect(given.record).rejects.toBe(reason);
    await put(results, one, other);
    expect(await textsOf(kept.map((expectation) => expectation.record))).toEqual([one, other]);
  });

  it("end with a call that could not be sent", async () => {
    const broker = await url();
    const app = createApp({ broker, maxBufferedBytes: 1 });
    onTestFinished(() => app.close());
    await app.connect();
    const call = app.sendUnchecked("add", [1, 2]);
    const value = call.get();
    await expect(call).rejects.toMatchObject({ code: "NOT_ENQUEUED" });
    await expect(within("the value", value)).rejects.toMatchObject({ code: "NOT_ENQUEUED" });
  });

  it("see a record take the place of one whose time is over", async () => {
    const { results } = await openBoth(await url());
    const id = createId();
    expect(await results.put([record(results, "short", { id, ttlMs: 1 })])).toEqual(["stored"]);
    await eventually(async () => (await results.get([id]))[0] === undefined);
    expect(await results.put([record(results, "next", { id, body: bytes("next") })])).toEqual(["stored"]);
    expect(await results.put([record(results, "late", { id })])).toEqual(["exists"]);
    expect(await textsOf([results.wait(id)])).toEqual(["next"]);
  });
});
