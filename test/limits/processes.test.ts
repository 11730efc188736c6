import { readFileSync, existsSync } from "node:fs";
import { createApp, type App } from "@taskgen/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Place } from "../engine/scene.js";
import { spawnChild, type Child } from "../support/child.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { RedisServer } from "../support/redis-server.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { limitedPlaces, mostWithin } from "./scene.js";

interface Entry {
  readonly event: "start" | "end";
  readonly key?: string;
  readonly id: string;
  readonly pid: number;
  /** Milliseconds of a clock that all processes share. */
  readonly at: number;
}

/** Three worker processes and a caller. */
interface Fleet {
  readonly app: App;
  readonly workers: readonly Child[];
  readonly history: () => readonly Entry[];
  readonly start: () => Promise<Child>;
}

async function openFleet(place: Pick<Place, "broker" | "backend">): Promise<Fleet> {
  const [broker, backend] = [await place.broker(), await place.backend?.()];
  const prefix = namespace("p");
  const file = `${await tempDir()}/history.jsonl`;
  const app = createApp({ broker, prefix, ...(backend !== undefined && { backend }) });
  onTestFinished(() => app.close());
  const env = { BROKER: broker, PREFIX: prefix, HISTORY: file, ...(backend !== undefined && { BACKEND: backend }) };
  const start = async (): Promise<Child> => {
    const worker = spawnChild(new URL("fixtures/worker.ts", import.meta.url), { env });
    await worker.line("the worker is ready", (line) => (line as { ready?: number }).ready, 30_000);
    return worker;
  };
  const workers = await Promise.all([start(), start(), start()]);
  return { app, workers, history: () => read(file), start };
}

function read(file: string): Entry[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Entry);
}

const shared = limitedPlaces.filter(({ name }) => name !== "memory");

/** The most that one key had running at once. */
function mostAtOnce(history: readonly Entry[], gone: ReadonlySet<number> = new Set()): number {
  const running = new Map<string, Set<string>>();
  let most = 0;
  for (const { event, key, id, pid } of history.toSorted((a, b) => a.at - b.at)) {
    if (gone.has(pid)) continue;
    const ids = running.get(key!) ?? new Set();
    running.set(key!, ids);
    if (event === "start") ids.add(id);
    else ids.delete(id);
    most = Math.max(most, ids.size);
  }
  return most;
}

describe.each(shared)("limits of three worker processes: $name", (place) => {
  it("no window has more starts than the rate, and nine tenths of it are used", async () => {
    const { app, history, workers } = await openFleet(place);
    const calls = await Promise.all(Array.from({ length: 330 }, () => app.sendUnchecked("paced", [])));
    const others = await Promise.all(Array.from({ length: 200 }, (_, i) => app.sendUnchecked("free", [i])));
    await within("other tasks of the queue", Promise.all(others.map((call) => call.get())), 15_000);
    await within("all of them", Promise.all(calls.map((call) => call.get())), 60_000);
    const starts = history().map(({ at }) => at);
    expect(starts).toHaveLength(330);
    expect(mostWithin(starts, 3_000)).toBeLessThanOrEqual(60);
    const windows = (Math.max(...starts) - Math.min(...starts)) / 3_000;
    expect(windows).toBeGreaterThan(5);
    expect(starts.length / windows / 60).toBeGreaterThan(0.9);
    expect(workers.flatMap(({ lines }) => lines.filter((line) => "warning" in (line as object)))).toEqual([]);
  }, 120_000);
});
