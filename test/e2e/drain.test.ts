import { createApp, type App } from "@taskgen/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { brokerUrl } from "../support/brokers.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { countRuns, readHistory } from "./history.js";
import { startWorker } from "./worker-process.js";

const clean = { code: 0, signal: null };

/** A place of its own on a broker; `env` is for its worker processes. */
interface Place {
  readonly app: App;
  readonly broker: string;
  readonly history: string;
  readonly env: { readonly PREFIX: string };
}

async function open(scheme: "sqlite" | "redis" | "amqp"): Promise<Place> {
  const folder = await tempDir();
  const broker = scheme === "sqlite" ? `sqlite:${folder}/tasks.db` : brokerUrl(scheme);
  const prefix = namespace("drain");
  const app = createApp({ broker, prefix });
  onTestFinished(() => app.close());
  return { app, broker, history: `${folder}/history.jsonl`, env: { PREFIX: prefix } };
}

const CALLS = 5_000;

describe("a worker that is told to stop", () => {
  it.each(["sqlite", "redis", "amqp"] as const)(
    "in a burst of 5,000 short tasks loses none and runs none twice: %s",
    async (scheme) => {
      const { app, broker, history, env } = await open(scheme);
      const first = await startWorker(broker, history, env);
      const calls = await Promise.all(Array.from({ length: CALLS }, () => app.sendUnchecked("work", [1])));
      await eventually(() => readHistory(history).length > 200, { what: "200 lines of history" });
      first.signal("SIGTERM");
      expect(await within("a clean exit", first.exited)).toEqual(clean);
      expect(first.lines).toContainEqual({ stopped: true });
      const begun = countRuns(readHistory(history)).size;
      expect(begun).toBeLessThan(CALLS);
      const second = await startWorker(broker, history, env);
      const settled = await within("every result", Promise.all(calls.map((call) => call.settled())), 60_000);
      expect(settled.filter(({ ok }) => !ok)).toEqual([]);
      const entries = readHistory(history);
      const runs = countRuns(entries);
      expect([...runs].filter(([, count]) => count > 1)).toEqual([]);
      expect(new Set(runs.keys())).toEqual(new Set(calls.map(({ id }) => id)));
      expect(entries.filter(({ event }) => event === "end")).toHaveLength(CALLS);
      expect(entries.filter(({ redeliveries }) => redeliveries > 0)).toEqual([]);
      second.signal("SIGTERM");
      expect(await within("a clean exit", second.exited)).toEqual(clean);
    },
    120_000,
  );

  it.each(["sqlite", "redis"] as const)(
    "keeps its lease while it drains, however much longer a task runs: %s",
    async (scheme) => {
      const { app, broker, history, env } = await open(scheme);
      const first = await startWorker(broker, history, env);
      const call = await app.sendUnchecked("work", [5_000]);
      await eventually(() => readHistory(history).length === 1, { what: "the start of the task" });
      first.signal("SIGTERM");
      const second = await startWorker(broker, history, env);
      expect(await within("the task", call.get())).toBe(5_000);
      expect(await within("a clean exit", first.exited)).toEqual(clean);
      const entries = readHistory(history);
      expect(entries).toMatchObject([
        { event: "start", id: call.id, redeliveries: 0, pid: first.pid },
        { event: "end", id: call.id, pid: first.pid },
      ]);
      expect([...first.lines, ...second.lines].filter((line) => "lost" in (line as object))).toEqual([]);
    },
    60_000,
  );
});
