import { canFuse, canInspect, internalsOf, type Connection } from "@taskgen/core/internal";
import { TransportError } from "@taskgen/core";
import { describe, expect, it } from "vitest";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { faulty, over } from "./faulty.js";
import { nextEvent, Scene, type Place } from "./scene.js";

const memory = (): string => `memory:${namespace()}`;
const sqlite = async (): Promise<string> => `sqlite:${await tempDir()}/tasks.db`;

/** A broker and a result backend in two stores. */
const pairs: readonly (Pick<Place, "name" | "broker" | "pool"> & { readonly backend: () => Promise<string> })[] = [
  { name: "memory with results in sqlite", broker: async () => memory(), backend: sqlite, pool: "inline" },
  { name: "sqlite with results in memory", broker: sqlite, backend: async () => memory(), pool: "threads" },
];

describe.each(pairs)("a worker on $name", (pair) => {
  expectNothingLeftRunning();

  const open = async (): Promise<Scene> => Scene.open(pair, { backend: await pair.backend() });

  const depths = async (scene: Scene): Promise<unknown> => {
    const { transport } = await internalsOf(scene.app).connection();
    if (!canInspect(transport)) throw new Error("cannot be inspected");
    return (await transport.depths()).find(({ queue }) => queue === "default");
  };

  it("stores results in one and settles in the other", async () => {
    const scene = await open();
    const { transport, results } = await internalsOf(scene.app).connection();
    expect(canFuse(transport) && transport.fuse(results)).toBe(undefined);
    const worker = await scene.worker();
    const calls = await Promise.all(Array.from({ length: 300 }, (_, i) => scene.app.sendUnchecked("add", [i, 1])));
    const values = await Promise.all(calls.map((call) => call.get({ timeout: "60s" })));
    expect(values).toEqual(calls.map((_, i) => i + 1));
    expect(await scene.app.sendUnchecked("flaky", [2]).get({ timeout: "60s" })).toBe(2);
    expect(await scene.app.sendUnchecked("early", [5]).get({ timeout: "60s" })).toBe(5);
    const rejected = scene.app.sendUnchecked("reject", ["wrong door"]).get({ timeout: "60s" });
    await expect(rejected).rejects.toMatchObject({ state: "REJECTED" });
    expect(await within("the stop", worker.stop())).toEqual({ clean: true });
    expect(await depths(scene)).toMatchObject({ waiting: 0, delayed: 0, owned: 0, dead: 1 });
  });

  it("settles only what is stored, and tries again until it is", async () => {
    const scene = await open();
    const order: string[] = [];
    const app = faulty(scene.app, (connection: Connection) => ({
      results: over(connection.results, {
        put: async (batch) => {
          order.push("put");
          if (order.length < 3) throw new Error("the store is away");
          return connection.results.put(batch);
        },
      }),
      transport: over(connection.transport, {
        settle: async (batch) => {
          order.push("settle");
          if (order.length === 4) throw new TransportError("BROKER_UNAVAILABLE", "injected", { certain: true });
          return connection.transport.settle(batch);
        },
      }),
    }));
    const worker = await scene.worker({ app });
    expect(await scene.app.sendUnchecked("add", [2, 2]).get({ timeout: "60s" })).toBe(4);
    expect(await within("the stop", worker.stop())).toEqual({ clean: true });
    expect(order).toEqual(["put", "put", "put", "settle", "put", "settle"]);
    expect(await depths(scene)).toMatchObject({ waiting: 0, owned: 0 });
  });

  it("stores the result of a task that was acknowledged early, however often its store does not answer", async () => {
    const scene = await open();
    let tries = 0;
    const app = faulty(scene.app, (connection: Connection) => ({
      results: over(connection.results, {
        put: async (batch) => {
          if (++tries < 3) throw new TransportError("BROKER_UNAVAILABLE", "injected", { certain: false });
          return connection.results.put(batch);
        },
      }),
      transport: over(connection.transport, { caps: { ...connection.transport.caps, dedupe: false } }),
    }));
    await scene.worker({ app });
    expect(await scene.app.sendUnchecked("early", [5]).get({ timeout: "60s" })).toBe(5);
    expect(tries).toBe(3);
  });

  it("keeps the first result, whatever comes of the run", async () => {
    const scene = await open();
    const call = await scene.app.sendUnchecked("stubborn", []);
    const worker = scene.newWorker();
    const started = nextEvent(worker, "task-started", call.id);
    await worker.start();
    await started;
    const { results } = await internalsOf(scene.app).connection();
    const body = new TextEncoder().encode("1");
    await results.put([{ id: call.id, state: "SUCCESS", body, ttlMs: 60_000 }]);
    expect(await call.get({ timeout: "60s" })).toBe(1);
    await worker.stop({ gracePeriod: "0ms" });
    expect(await call.get()).toBe(1);
  });
});
