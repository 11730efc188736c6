import { readFileSync } from "node:fs";
import { createApp, type App, type AsyncResult, type Settled, type Stub } from "@taskgen/core";
import { stub } from "@taskgen/core/internal";
import { describe, expect, it, onTestFinished } from "vitest";
import { brokerUrl } from "../support/brokers.js";
import { spawnChild, type Child } from "../support/child.js";
import { namespace } from "../support/namespace.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { deadLetters, inspectorOf } from "./dead-letters.js";
// @ts-expect-error a fixture in plain JavaScript
import * as contracts from "./fixtures/deploy/contracts.js";

type Hashes = Readonly<Record<"charge" | "notify" | "resize", string>>;
const { V1, V2 } = contracts as { readonly V1: Hashes; readonly V2: Hashes };

const brokers: Readonly<Record<string, () => Promise<string>>> = {
  redis: async () => brokerUrl("redis"),
  amqp: async () => brokerUrl("amqp"),
  sqlite: async () => `sqlite:${await tempDir()}/tasks.db`,
};

/** A call of the old client, and how it must end with the new worker. */
interface Case {
  readonly task: keyof Hashes;
  readonly args: (i: number) => readonly unknown[];
  readonly end: (i: number) => object;
  /** What the new task ran with; `undefined` when it must not run. */
  readonly ran: (i: number) => readonly unknown[] | undefined;
}

const success = (value: unknown): object => ({ ok: true, state: "SUCCESS", value });
const mismatch = `the arguments do not fit the task resize (contract ${V2.resize} is expected, the earlier ${V1.resize} was received): argument 1: Invalid input: expected number, received string`;

/** Each fourth of the messages. */
const cases: readonly Case[] = [
  {
    task: "charge",
    args: (i) => [`order-${i}`, i],
    end: (i) => success(`order-${i} paid ${i} EUR`),
    ran: (i) => [{ order: `order-${i}`, price: { cents: i, currency: "EUR" } }],
  },
  { task: "notify", args: (i) => [`a${i}`], end: (i) => success(`told a${i} of news`), ran: (i) => [`a${i}`, "news"] },
  { task: "resize", args: (i) => [i], end: success, ran: (i) => [i] },
  {
    task: "resize",
    args: (i) => [`${i}px`],
    end: () => ({ ok: false, state: "REJECTED", error: { code: "CONTRACT_MISMATCH", remote: { message: mismatch } } }),
    ran: () => undefined,
  },
];

describe.each(Object.keys(brokers))("a breaking deploy on %s", (name) => {
  const open = async (): Promise<{ app: App; start: (version: string) => Promise<Child>; history: string }> => {
    const [BROKER, PREFIX, HISTORY] = [await brokers[name]!(), namespace(), `${await tempDir()}/history.jsonl`];
    const app = createApp({ broker: BROKER, prefix: PREFIX });
    onTestFinished(() => app.close());
    const start = async (VERSION: string): Promise<Child> => {
      const worker = spawnChild(new URL("fixtures/deploy/worker.ts", import.meta.url), {
        env: { BROKER, PREFIX, HISTORY, VERSION },
      });
      await worker.line("the worker is ready", (line) => (line as { ready?: number }).ready);
      return worker;
    };
    return { app, start, history: HISTORY };
  };

  const stop = async (worker: Child): Promise<void> => {
    worker.signal("SIGTERM");
    expect(await within("a clean exit", worker.exited)).toEqual({ code: 0, signal: null });
    expect(worker.lines.filter((line) => "warning" in (line as object))).toEqual([]);
  };

  const call = (
    app: App,
    task: keyof Hashes,
    hashes: Hashes,
    args: readonly unknown[],
  ): Promise<AsyncResult<unknown>> => stub<Stub<unknown[], unknown>>(app, task, { hash: hashes[task] }).delay(...args);

  it("loses none of 200 messages of the old contract: each is upcast, run or rejected", async () => {
    const { app, start, history } = await open();
    const old = await start("v1");
    expect(await (await call(app, "charge", V1, ["order-x", 1])).get({ timeout: "60s" })).toBe("order-x paid 1");
    await stop(old);

    const sent = Array.from({ length: 200 }, (_, i) => ({ i, wanted: cases[i % cases.length]! }));
    const results = await Promise.all(sent.map(({ i, wanted }) => call(app, wanted.task, V1, wanted.args(i))));
    const worker = await start("v2");
    const settled = await within(
      "the end of every call",
      Promise.all(results.map((result): Promise<Settled<unknown>> => result.settled())),
      20_000,
    );
    expect(settled).toMatchObject(sent.map(({ i, wanted }) => wanted.end(i)));

    const rejected = results.filter((_, i) => cases[i % cases.length]!.ran(i) === undefined).map(({ id }) => id);
    const dead = await deadLetters(app, "default", rejected.length);
    expect([...dead.keys()].toSorted()).toEqual(rejected.toSorted());
    expect(new Set(dead.values())).toEqual(new Set([`CONTRACT_MISMATCH: ${mismatch}`]));

    const ran = readHistory(history).filter(({ id }) => results.some((result) => result.id === id));
    const expected = sent.flatMap(({ i, wanted }) => {
      const args = wanted.ran(i);
      return args === undefined ? [] : [{ id: results[i]!.id, name: wanted.task, args }];
    });
    expect(byId(ran)).toEqual(byId(expected));

    expect(await (await call(app, "notify", V2, ["b", "you"])).get({ timeout: "60s" })).toBe("told b of you");
    await stop(worker);
    const [depth] = await (await inspectorOf(app)).depths();
    expect(depth).toMatchObject({ queue: "default", waiting: 0, delayed: 0, owned: 0, dead: rejected.length });
  });

  it("rejects what a new client sends to a worker that was rolled back, unless it fits", async () => {
    const { app, start } = await open();
    const fits = await call(app, "resize", V2, [5]);
    const doesNot = await call(app, "charge", V2, [{ order: "a", price: { cents: 1, currency: "EUR" } }]);
    const worker = await start("v1");
    expect(await fits.get({ timeout: "60s" })).toBe(5);
    await expect(doesNot.get({ timeout: "60s" })).rejects.toMatchObject({
      state: "REJECTED",
      code: "CONTRACT_MISMATCH",
      remote: { message: expect.stringContaining(`the unknown "${V2.charge}" was received`) as string },
    });
    expect([...(await deadLetters(app, "default", 1)).keys()]).toEqual([doesNot.id]);
    await stop(worker);
  });
});

interface Run {
  readonly id: string;
  readonly name: string;
  readonly args: readonly unknown[];
}

const readHistory = (file: string): Run[] =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Run);

const byId = (runs: readonly Run[]): Run[] => runs.toSorted((a, b) => (a.id < b.id ? -1 : 1));
