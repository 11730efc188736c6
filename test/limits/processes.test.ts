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

/** Of the task `paced`. */
const WINDOW_MS = 8_000;

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
    await worker.line("the worker is ready", (line) => (line as { ready?: number }).ready);
    return worker;
  };
  const workers = await Promise.all([start(), start(), start()]);
  return { app, workers, history: () => read(file), start };
}

function read(file: string): Entry[] {
  if (!existsSync(file)) return [];
  // n.b. the last line may be half there
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Entry);
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
    const calls = await Promise.all(Array.from({ length: 280 }, () => app.sendUnchecked("paced", [])));
    const others = await Promise.all(Array.from({ length: 200 }, (_, i) => app.sendUnchecked("free", [i])));
    await within("other tasks of the queue", Promise.all(others.map((call) => call.get())), 15_000);
    await within("all of them", Promise.all(calls.map((call) => call.get())), 120_000);
    const starts = history().map(({ at }) => at);
    expect(starts).toHaveLength(280);
    expect(mostWithin(starts, WINDOW_MS)).toBeLessThanOrEqual(48);
    const windows = (Math.max(...starts) - Math.min(...starts)) / WINDOW_MS;
    expect(windows).toBeGreaterThan(5);
    expect(starts.length / windows / 48).toBeGreaterThan(0.9);
    expect(workers.flatMap(({ lines }) => lines.filter((line) => "warning" in (line as object)))).toEqual([]);
  }, 180_000);

  it("one of a key runs at a time, also when a worker is killed with it", async () => {
    const { app, history, workers, start } = await openFleet(place);
    const keys = ["a", "b", "c", "d"];
    const calls = await Promise.all(
      keys.flatMap((key) => Array.from({ length: 25 }, () => app.sendUnchecked("alone", [key, 20]))),
    );
    const busy = (): (typeof workers)[number] | undefined => {
      const entries = history();
      return entries.length > 20 ? workers.find(({ pid }) => isInTheMiddle(entries, pid)) : undefined;
    };
    const victim = await eventually(busy, { every: 1, what: "a busy worker" });
    await victim.kill();
    await start();
    await within("all of them", Promise.all(calls.map((call) => call.get())), 60_000);
    const entries = history();
    expect(new Set(entries.filter(({ event }) => event === "end").map(({ id }) => id)).size).toBe(100);
    expect(mostAtOnce(entries, new Set([victim.pid]))).toBe(1);
    const twice = entries.filter(({ event, pid }) => event === "start" && pid !== victim.pid).map(({ id }) => id);
    expect(new Set(twice).size).toBe(twice.length);
  }, 120_000);

  it("a key with a few calls does not wait for one with thousands", async () => {
    const { app, history } = await openFleet(place);
    const many = await Promise.all(Array.from({ length: 3_000 }, () => app.sendUnchecked("alone", ["many", 1])));
    await eventually(() => history().length > 50, { what: "the first of many" });
    const before = history().filter(({ event }) => event === "start").length;
    const few = await Promise.all(Array.from({ length: 10 }, () => app.sendUnchecked("alone", ["few", 1])));
    await within("the few", Promise.all(few.map((call) => call.get())), 30_000);
    const starts = history().filter(({ event }) => event === "start");
    const last = starts.findLastIndex(({ key }) => key === "few");
    // n.b. without turns it were 3,000 for 10: 300
    const ratio = (last - before) / 10;
    expect(starts.filter(({ key }) => key === "few")).toHaveLength(10);
    expect(ratio).toBeLessThan(30);
    await app.revoke(many.map(({ id }) => id));
  }, 120_000);
});

function isInTheMiddle(history: readonly Entry[], pid: number): boolean {
  const own = history.filter((entry) => entry.pid === pid);
  return own.filter(({ event }) => event === "start").length > own.filter(({ event }) => event === "end").length;
}

describe("limits across a restart of Redis", () => {
  it("lose nothing, and stay limits", async () => {
    const server = await RedisServer.start();
    const { app, history } = await openFleet({ broker: async () => server.url });
    const paced = await Promise.all(Array.from({ length: 80 }, () => app.sendUnchecked("paced", [])));
    const alone = await Promise.all(Array.from({ length: 60 }, () => app.sendUnchecked("alone", ["a", 5])));
    await eventually(() => history().length > 20, { what: "some of them" });
    await server.restart();
    await within("all of them", Promise.all([...paced, ...alone].map((call) => call.get())), 60_000);
    const starts = history().filter(({ event, key }) => event === "start" && key === undefined);
    expect(starts.length).toBeGreaterThanOrEqual(80);
    expect(
      mostWithin(
        starts.map(({ at }) => at),
        WINDOW_MS,
      ),
    ).toBeLessThanOrEqual(48);
    expect(mostAtOnce(history().filter(({ key }) => key !== undefined))).toBe(1);
  }, 120_000);
});
