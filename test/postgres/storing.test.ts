import { readFileSync } from "node:fs";
import { createCodec } from "@taskgen/core/codec";
import { createId, encodeFailure, type ResultEvent, type ResultRecord } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { bytes, textOf } from "../conformance/messages.js";
import { record, seen } from "../conformance/results/records.js";
import { brokerUrl } from "../support/brokers.js";
import { spawnChild } from "../support/child.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { within } from "../support/within.js";
import { admin, open } from "./opening.js";

const codec = createCodec();
const url = (): string => brokerUrl("postgres");

const event = (id: string, text: string, ttlMs = 60_000): ResultEvent => ({
  id,
  state: "PROGRESS",
  body: bytes(text),
  ttlMs,
});

/** A record as a worker writes it. */
const success = (value: unknown, more: Partial<ResultRecord> = {}): ResultRecord => ({
  id: createId(),
  state: "SUCCESS",
  body: bytes(codec.encode(value, "result")),
  ttlMs: 60_000,
  ...more,
});

describe("results in a Postgres", () => {
  expectNothingLeftRunning();

  it("stores 10,000 results of small batches in few statements, and tells who waits in few", async () => {
    const writer = await open(url());
    const reader = await open(url(), { prefix: writer.prefix });
    const records = Array.from({ length: 10_000 }, (_, i) => record(writer.results, `${i}`));
    const waits = Promise.all(records.map(({ id }) => reader.results.wait(id)));
    const [puts, finds] = [writer.results.statements, reader.results.statements];
    const batches = Array.from({ length: 1_000 }, (_, i) => records.slice(10 * i, 10 * i + 10));
    const outcomes = await Promise.all(batches.map((batch) => writer.results.put(batch)));
    expect(new Set(outcomes.flat())).toEqual(new Set(["stored"]));
    expect((await within("10,000 results", waits)).map(seen)).toEqual(records.map(seen));
    expect(writer.results.statements - puts).toBeLessThanOrEqual(10);
    expect(reader.results.statements - finds).toBeLessThanOrEqual(100);
  });

  it("takes ids, names and addresses of any kind", async () => {
    const { results, prefix } = await open(url());
    const odd = [
      "'; DROP TABLE results; --",
      '"',
      "\\",
      "\0",
      "a\nb",
      "{1,NULL}",
      "\t",
      "$1",
      "",
      "NULL",
      "\\x00",
      "\ud800",
    ];
    const records = odd.map((id) => record(results, id, { id, task: id, replyTo: id }));
    const waits = odd.map((id) => results.wait(id));
    expect(await results.put(records)).toEqual(odd.map(() => "stored"));
    expect((await within("the results", Promise.all(waits))).map(({ id }) => id)).toEqual(odd);
    const found = await results.get(odd);
    expect(found.map((one) => [one!.id, one!.task, one!.replyTo])).toEqual(odd.map((id) => [id, id, id]));
    await results.append(odd.map((id) => ({ ...event(id, id), state: id })));
    expect((await results.latest(odd)).map((one) => [one!.id, one!.state])).toEqual(odd.map((id) => [id, id]));
    await results.mark(odd.map((id) => ({ id, ttlMs: 60_000, terminate: false, children: false })));
    expect((await results.marks()).map(({ id }) => id).toSorted()).toEqual(odd.toSorted());
    await results.forget(odd);
    expect(await results.get(odd)).toEqual(odd.map(() => undefined));
    const other = await open(url(), { prefix: `${prefix}"; DROP SCHEMA x` });
    expect(await other.results.put([record(other.results, "quoted")])).toEqual(["stored"]);
  });

  it("does not let one record that cannot be stored harm the others of its tick", async () => {
    const { results } = await open(url());
    const long = record(results, "x", { id: Array.from({ length: 500 }, createId).join("") });
    const bad = expect(results.put([long])).rejects.toMatchObject({
      code: "BROKER_ERROR",
      certain: true,
      retriable: false,
    });
    expect(await results.put([record(results, "good")])).toEqual(["stored"]);
    await bad;
  });

  it("keeps the last 100 events of an id, whose numbers go on", async () => {
    const { results } = await open(url());
    const [id, other] = [createId(), createId()];
    await results.append(Array.from({ length: 250 }, (_, i) => event(id, `${i + 1}`)));
    await results.append([event(other, "one"), event(id, "251")]);
    expect((await results.latest([id, other])).map((one) => one!.seq)).toEqual([251, 1]);
    const controller = new AbortController();
    const numbers: number[] = [];
    for await (const { seq, body } of results.watch(id, 0, controller.signal)) {
      expect(textOf(body)).toBe(`${seq}`);
      if (numbers.push(seq) === 100) controller.abort();
    }
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, i) => 152 + i));
  });

  it("keeps the order of what is appended at once", async () => {
    const { results } = await open(url());
    const id = createId();
    await Promise.all(
      Array.from({ length: 90 }, (_, i) => Promise.resolve().then(() => results.append([event(id, `${i + 1}`)]))),
    );
    const late: Promise<void>[] = [];
    for (let i = 91; i <= 100; i++) {
      late.push(results.append([event(id, `${i}`)]));
      await Promise.resolve();
    }
    await Promise.all(late);
    const controller = new AbortController();
    for await (const { seq, body } of results.watch(id, 0, controller.signal)) {
      expect(textOf(body)).toBe(`${seq}`);
      if (seq === 100) controller.abort();
    }
  });

  it("hides what is over, and removes it", async () => {
    const { results, prefix } = await open(url());
    const [brief, long] = [record(results, "brief", { ttlMs: 1 }), record(results, "long")];
    await results.put([brief, long]);
    await results.append([event(brief.id, "brief", 1), event(long.id, "long")]);
    await results.mark([{ id: brief.id, ttlMs: 1, terminate: true, children: true }]);
    await results.push({ id: brief.id, first: 1, items: [bytes("x")], ends: true, ttlMs: 1 });
    await results.swap([{ key: "k", expected: undefined, next: "x", ttlMs: 1 }]);
    await eventually(async () => (await results.get([brief.id]))[0] === undefined);
    await eventually(async () => (await results.sweep()) === 0 && (await results.marks()).length === 0);
    const client = await admin(url());
    const count = async (table: string): Promise<number> =>
      (await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM "${prefix}".${table}`)).rows[0]!.n;
    const tables = ["results", "event_heads", "events", "revocations", "streams", "stream_items", "registers"];
    const left: number[] = [];
    for (const table of tables) left.push(await count(table));
    expect(left).toEqual([1, 1, 1, 0, 0, 0, 0]);
  });

  it("keeps values and errors beside their exact bytes, as far as jsonb can hold them", async () => {
    const { results, prefix } = await open(url());
    const values: readonly (readonly [value: unknown, kept: unknown])[] = [
      [
        { total: 12.5, items: ["a", null] },
        { total: 12.5, items: ["a", null] },
      ],
      ["text", "text"],
      [null, null],
      [undefined, undefined],
      [
        { at: new Date(0), big: 10n },
        { at: "1970-01-01T00:00:00.000Z", big: "10" },
      ],
      ["nul \0", undefined],
      ["x".repeat(1024 * 1024), undefined],
    ];
    const records = values.map(([value]) => success(value, { task: "shop.total" }));
    const broken = success("", { body: Uint8Array.of(255, 0, 1) });
    const failed = success("", {
      state: "FAILURE",
      body: encodeFailure({ name: "CardDeclined", message: "no", code: "DECLINED" }),
    });
    expect(new Set(await results.put([...records, broken, failed]))).toEqual(new Set(["stored"]));
    const client = await admin(url());
    const { rows } = await client.query<{ id: string; task: string; text: string | null }>(
      `SELECT id, task, value::text AS text FROM "${prefix}".results`,
    );
    const kept = new Map(rows.map(({ id, text }) => [id, text === null ? undefined : (JSON.parse(text) as unknown)]));
    expect(records.map(({ id }) => kept.get(id))).toEqual(values.map(([, value]) => value));
    expect(kept.get(broken.id)).toBe(undefined);
    const found = await results.get([...records, broken].map(({ id }) => id));
    expect(found.map((one, i) => Buffer.compare(one!.body, [...records, broken][i]!.body))).toEqual(found.map(() => 0));
    const errors = await client.query(`SELECT error->>'code' AS code FROM "${prefix}".results WHERE state = 'FAILURE'`);
    expect(errors.rows).toEqual([{ code: "DECLINED" }]);
  });

  it("lets a client end by itself", async () => {
    const child = spawnChild(new URL("./fixtures/idle.ts", import.meta.url), { args: [url(), namespace("p")] });
    expect(await child.line("the result", (line) => line)).toEqual({ state: "SUCCESS" });
    expect(await within("the end of the process", child.exited)).toEqual({ code: 0, signal: null });
  });

  it("answers the queries of its page", async () => {
    const page = readFileSync(new URL("../../docs/postgres.md", import.meta.url), "utf8");
    const queries = Array.from(page.matchAll(/^```sql\n(SELECT[\s\S]*?)^```$/gm), ([, query]) => query!);
    expect(queries.length).toBeGreaterThanOrEqual(3);
    const { results, prefix } = await open(url());
    const error = encodeFailure({ name: "HttpError", message: "503", code: "HTTP" });
    await results.put([
      success({ total: 12.5, customer: "ada" }, { task: "shop.charge" }),
      success({ total: 7.5, customer: "ada" }, { task: "shop.charge" }),
      success("", { task: "shop.charge", state: "FAILURE", body: error }),
    ]);
    const client = await admin(url());
    const answers: unknown[] = [];
    for (const query of queries) answers.push((await client.query(query.replaceAll("taskgen.", `"${prefix}".`))).rows);
    expect(answers).toMatchObject([
      [
        { task: "shop.charge", state: "SUCCESS", count: "2" },
        { task: "shop.charge", state: "FAILURE", count: "1" },
      ],
      [{ customer: "ada", total: "20.0" }],
      [{ task: "shop.charge", error: "HttpError", message: "503" }],
    ]);
  });
});
