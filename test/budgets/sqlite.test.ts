import { createApp, type App } from "@taskgen/core";
import { internalsOf, stub } from "@taskgen/core/internal";
import type { Stub } from "@taskgen/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { expectWithin } from "../support/budget.js";
import { spawnChild, type Child } from "../support/child.js";
import { countersOf, type SqliteCounters } from "../support/sqlite-counters.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";

const TASKS = 5_000;

/** What both processes have counted. */
class Counting {
  readonly #app: App;
  readonly #worker: Child;
  #asked = 0;

  constructor(app: App, worker: Child) {
    this.#app = app;
    this.#worker = worker;
  }

  async transactions(): Promise<number> {
    const { transport } = await internalsOf(this.#app).connection();
    return (await countersOf(transport)).transactions + (await this.#ofWorker()).transactions;
  }

  #ofWorker(): Promise<SqliteCounters> {
    const question = ++this.#asked;
    this.#worker.write(question);
    return this.#worker.line("the worker's counters", (line) => {
      const counters = line as SqliteCounters & { readonly of?: number };
      return counters.of === question ? counters : undefined;
    });
  }
}

async function open(): Promise<{ add: Stub<[x: number, y: number], number>; counting: Counting }> {
  const broker = `sqlite:${await tempDir()}/tasks.db`;
  const worker = spawnChild(new URL("fixtures/worker.ts", import.meta.url), { env: { BROKER: broker } });
  await worker.line("the worker is ready", (line) => (line as { ready?: true }).ready);
  const app = createApp({ broker });
  onTestFinished(() => app.close());
  return { add: stub(app, "add"), counting: new Counting(app, worker) };
}

describe("SQLite, a producer and a worker process", () => {
  it("write few transactions for many tasks", async () => {
    const { add, counting } = await open();
    const args = Array.from({ length: TASKS }, (_, i): [number, number] => [i, 1]);
    await within("a first round", add.delayMany(args).get());
    const before = await counting.transactions();
    const values = await within("a second round", add.delayMany(args).get());
    expect(values).toEqual(args.map(([x, y]) => x + y));
    const perTask = ((await counting.transactions()) - before) / TASKS;
    expectWithin("transactions per task", perTask, { most: 0.05, was: 0.003 });
  });

  it("write three transactions for one awaited task", async () => {
    const { add, counting } = await open();
    await within("a first task", add.delay(1, 2).get());
    const before = await counting.transactions();
    for (let i = 0; i < 20; i++) await within("a task", add.delay(i, 1).get());
    const perTask = ((await counting.transactions()) - before) / 20;
    // enqueue, claim, settle with the result; now and then a lease is renewed
    expectWithin("transactions per awaited task", perTask, { most: 3.2, was: 3 });
  });
});
