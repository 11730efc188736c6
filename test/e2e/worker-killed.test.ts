import { createApp, type App } from "@taskgen/core";
import { canInspect, internalsOf } from "@taskgen/core/internal";
import { describe, expect, it, onTestFinished } from "vitest";
import { brokerUrl } from "../support/brokers.js";
import type { Child } from "../support/child.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { countRuns, inTheMiddle, readHistory } from "./history.js";
import { isReady, spawnWorker, startWorker } from "./worker-process.js";

describe("workers that are killed", () => {
  const open = async (): Promise<{ app: App; broker: string; history: string }> => {
    const folder = await tempDir();
    const broker = `sqlite:${folder}/tasks.db`;
    const app = createApp({ broker });
    onTestFinished(() => app.close());
    return { app, broker, history: `${folder}/history.jsonl` };
  };

  it("lose no task: 1,000 tasks, two workers, each killed in the middle of a task and replaced", async () => {
    const { app, broker, history } = await open();
    let workers: readonly Child[] = await Promise.all([startWorker(broker, history), startWorker(broker, history)]);
    const calls = await Promise.all(Array.from({ length: 1_000 }, () => app.sendUnchecked("work", [100])));
    const acknowledged = calls.map(({ id }) => id);
    const killed: number[] = [];
    for (const share of [50, 150, 300]) {
      const busy = (): Child | undefined => {
        const entries = readHistory(history);
        return entries.length > share ? workers.find(({ pid }) => inTheMiddle(entries, pid).length > 0) : undefined;
      };
      const victim = await eventually(busy, { what: `a busy worker after ${share} lines of history` });
      await victim.kill();
      killed.push(victim.pid);
      workers = [...workers.filter((worker) => worker !== victim), spawnWorker(broker, history)];
    }
    const values = await within("every result", Promise.all(calls.map((call) => call.get())), 60_000);
    expect(new Set(values)).toEqual(new Set([100]));

    const entries = readHistory(history);
    expect(new Set(entries.filter(({ event }) => event === "end").map(({ id }) => id))).toEqual(new Set(acknowledged));
    const { results, transport } = await internalsOf(app).connection();
    const stored = await results.get(acknowledged);
    expect(stored.filter((record) => record?.state !== "SUCCESS")).toEqual([]);
    // n.b. every run beyond the first is explained by a process that was killed with it
    const cut = new Set(killed.flatMap((pid) => entries.filter((entry) => entry.pid === pid).map(({ id }) => id)));
    const unexplained = [...countRuns(entries)].filter(([id, runs]) => runs > 1 && !cut.has(id));
    expect(unexplained).toEqual([]);
    expect(canInspect(transport) && (await transport.depths())).toMatchObject([
      { waiting: 0, delayed: 0, owned: 0, dead: 0 },
    ]);
    for (const worker of workers) await isReady(worker);
    for (const worker of workers) worker.signal("SIGTERM");
    for (const worker of workers)
      expect(await within("a clean exit", worker.exited)).toEqual({ code: 0, signal: null });
  }, 120_000);

  it.each(["sqlite, threads", "sqlite, inline", "redis, threads", "redis, inline"])(
    "keep their lease while a task blocks its thread for three leases: %s",
    async (place) => {
      const [scheme, POOL] = place.split(", ") as ["sqlite" | "redis", string];
      const PREFIX = namespace("p");
      const folder = await tempDir();
      const history = `${folder}/history.jsonl`;
      const broker = scheme === "redis" ? brokerUrl("redis") : `sqlite:${folder}/tasks.db`;
      const app = createApp({ broker, prefix: PREFIX });
      onTestFinished(() => app.close());
      const start = (): Promise<Child> => startWorker(broker, history, { POOL, PREFIX });
      const workers = await Promise.all([start(), start()]);
      const call = await app.sendUnchecked("block", [4_500]);
      expect(await within("the blocking task", call.get())).toBe(4_500);
      const starts = readHistory(history).filter(({ event }) => event === "start");
      expect(starts).toMatchObject([{ id: call.id, redeliveries: 0 }]);
      expect(workers.flatMap((worker) => worker.lines.filter((line) => "lost" in (line as object)))).toEqual([]);
    },
    60_000,
  );

  it("end a task that kills them as WORKER_LOST, and tell the caller", async () => {
    const { app, broker, history } = await open();
    const call = await app.sendUnchecked("killProcess", []);
    const settled = call.settled();
    for (let i = 0; i < 4; i++) {
      const worker = spawnWorker(broker, history);
      await within("the death of a worker", worker.exited);
    }
    await startWorker(broker, history);
    expect(await within("the outcome", settled)).toMatchObject({
      ok: false,
      state: "FAILURE",
      error: { code: "WORKER_LOST" },
    });
    const starts = readHistory(history).filter(({ event }) => event === "start");
    expect(starts.map(({ redeliveries }) => redeliveries)).toEqual([0, 1, 2, 3]);
  });
});
