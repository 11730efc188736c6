import { internalsOf } from "@taskgen/core/internal";
import { describe, it } from "vitest";
import { expectWithin } from "../support/budget.js";
import { eventually } from "../support/eventually.js";
import { countersOf, type SqliteCounters } from "../support/sqlite-counters.js";
import { tempDir } from "../support/temp-dir.js";
import { openScene, runMany, runOneByOne, type Scene } from "./scene.js";

const TASKS = 5_000;
const CALLS = 20;
/** How long an idle worker is watched. */
const IDLE_MS = 4_000;

/** What processes have counted. */
class Counting {
  readonly #scene: Scene;
  #asked = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  async transactions(): Promise<number> {
    const { transport } = await internalsOf(this.#scene.app).connection();
    return (await countersOf(transport)).transactions + (await this.ofWorker()).transactions;
  }

  ofWorker(): Promise<SqliteCounters> {
    const question = ++this.#asked;
    this.#scene.worker.write(question);
    return this.#scene.worker.line("the worker's counters", (line) => {
      const counters = line as SqliteCounters & { readonly of?: number };
      return counters.of === question ? counters : undefined;
    });
  }
}

const open = async (): Promise<Scene> => openScene(`sqlite:${await tempDir()}/tasks.db`);

describe("SQLite, a producer and a worker process", () => {
  it("write few transactions for many tasks", async () => {
    const scene = await open();
    const counting = new Counting(scene);
    await runMany(scene, TASKS);
    const before = await counting.transactions();
    await runMany(scene, TASKS);
    expectWithin("sqlite.task", ((await counting.transactions()) - before) / TASKS);
  }, 90_000);

  it("write three transactions for one awaited task", async () => {
    const scene = await open();
    const counting = new Counting(scene);
    await runOneByOne(scene, 1);
    const before = await counting.transactions();
    await runOneByOne(scene, CALLS);
    // enqueue, claim, settle with the result; now and then a lease is renewed
    expectWithin("sqlite.call", ((await counting.transactions()) - before) / CALLS);
  }, 60_000);

  it("write nothing while a worker is idle but its lease", async () => {
    const counting = new Counting(await open());
    const [since, { transactions }] = [performance.now(), await counting.ofWorker()];
    await eventually(() => performance.now() - since > IDLE_MS, { every: 100 });
    const more = (await counting.ofWorker()).transactions - transactions;
    expectWithin("sqlite.idle", more / ((performance.now() - since) / 1_000));
  }, 60_000);
});
