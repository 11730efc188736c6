import { createApp, TransportError } from "@taskgen/core";
import { canInspect, internalsOf, type Connection } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { openRaw } from "../sqlite/raw-database.js";
import { deferred } from "../support/deferred.js";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { faulty, over } from "./faulty.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry as hanging } from "./fixtures/hanging-registry.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry as misspelt } from "./fixtures/misspelt-registry.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry as odd } from "./fixtures/odd-tasks.js";
import { brokersAndPools, nextEvent, places, Scene } from "./scene.js";

const refusal = { code: "OPTION_INVALID" };
const unavailable = (): TransportError =>
  new TransportError("BROKER_UNAVAILABLE", "injected", { certain: true, retriable: true });

describe.each(brokersAndPools)("the life of a worker on $name", (place) => {
  expectNothingLeftRunning();

  const waiting = async (scene: Scene): Promise<number> => {
    const { transport } = await internalsOf(scene.app).connection();
    if (!canInspect(transport)) throw new Error("cannot be inspected");
    const depths = await transport.depths();
    return depths.find(({ queue }) => queue === "default")?.waiting ?? 0;
  };

  it("does not start once it was stopped", async () => {
    const scene = await Scene.open(place);
    const worker = scene.newWorker();
    expect(await worker.stop()).toEqual({ clean: true });
    await expect(worker.start()).rejects.toMatchObject(refusal);
  });

  it("can be stopped while it starts: the start rejects and nothing is taken", async () => {
    const scene = await Scene.open(place);
    await scene.app.sendUnchecked("add", [1, 1]);
    const worker = scene.newWorker();
    const start = within("the start", worker.start());
    const refused = expect(start).rejects.toThrow(/stopped/);
    expect(await within("the stop", worker.stop())).toEqual({ clean: true });
    await refused;
    expect(await waiting(scene)).toBe(1);
  });

  it("can be stopped although a task module is never loaded", async () => {
    const scene = await Scene.open(place);
    const worker = scene.newWorker({ registry: hanging });
    worker.start().catch(() => {});
    expect(await within("the stop", worker.stop({ gracePeriod: "100ms" }))).toEqual({ clean: true });
  });

  it("calls no stop clean that leaves a start behind which takes already", async () => {
    const scene = await Scene.open(place);
    const [taking, gate] = [deferred(), deferred()];
    const app = faulty(scene.app, ({ results, transport }: Connection) => ({
      results,
      transport: over(transport, {
        consume: async (...args) => {
          const subscription = await transport.consume(...args);
          taking.resolve();
          await gate.promise;
          return subscription;
        },
      }),
    }));
    const worker = scene.newWorker({ app });
    const refused = expect(worker.start()).rejects.toThrow(/stopped/);
    await within("the subscription", taking.promise);
    expect(await within("the stop", worker.stop({ gracePeriod: "50ms" }))).toEqual({ clean: false });
    gate.resolve();
    await refused;
  });

  it("refuses to start with a task whose limit is no duration", async () => {
    const scene = await Scene.open(place);
    await expect(scene.worker({ registry: misspelt })).rejects.toThrow(/task limited: timeLimit/);
  });

  it("refuses to start with room for nothing", async () => {
    const scene = await Scene.open(place);
    for (const options of [{ concurrency: 0 }, { concurrency: Number.NaN }, { threads: 0 }, { threads: 1.5 }])
      await expect(scene.worker(options)).rejects.toMatchObject(refusal);
  });

  it("undoes a start that fails when it has begun to take", async () => {
    const scene = await Scene.open(place);
    const queues = ["default", "elsewhere"];
    const app = faulty(scene.app, (connection) => ({
      ...connection,
      transport: over(connection.transport, {
        consume: async (queue, credit, onBatch) => {
          if (queue !== "elsewhere") return connection.transport.consume(queue, credit, onBatch);
          await received;
          throw unavailable();
        },
      }),
    }));
    const worker = scene.newWorker({ app, queues });
    const received = nextEvent(worker, "task-received");
    const call = await scene.app.sendUnchecked("stubborn", []);
    await expect(within("the start", worker.start())).rejects.toThrow(/injected/);
    await eventually(async () => (await waiting(scene)) === 1, { what: "the task given back" });
    expect(await call.ready()).toBe(false);
  });

  it("tries again to store what a task that was acknowledged early came to, also when it is stopped", async () => {
    const scene = await Scene.open(place);
    let puts = 0;
    const app = faulty(scene.app, (connection: Connection) => ({
      ...connection,
      results: over(connection.results, {
        put: async (batch) => {
          if (++puts < 3) throw unavailable();
          return connection.results.put(batch);
        },
      }),
    }));
    const worker = await scene.worker({ app, registry: odd });
    const done = nextEvent(worker, "task-succeeded");
    const call = await scene.app.sendUnchecked("early", [7]);
    await done;
    expect(await within("the stop", worker.stop())).toEqual({ clean: true });
    expect(await call.ready()).toBe(true);
    expect(await call.get({ timeout: "60s" })).toBe(7);
  });

  it("ends a wait when the retry of a task that was acknowledged early cannot be sent", async () => {
    const scene = await Scene.open(place);
    const app = faulty(scene.app, (connection: Connection) => ({
      ...connection,
      transport: over(connection.transport, {
        send: async (batch) =>
          batch.map(() => new TransportError("BROKER_ERROR", "injected", { certain: true, retriable: false })),
      }),
    }));
    const worker = await scene.worker({ app, registry: odd });
    const warned = nextEvent(worker, "warning");
    const call = await scene.app.sendUnchecked("earlyFlaky", [1]);
    await expect(call.get({ timeout: "60s" })).rejects.toMatchObject({ state: "FAILURE", code: "WORKER_LOST" });
    expect((await warned).error.message).toContain("injected");
  });

  it("ends when its app was closed before it", async () => {
    const scene = await Scene.open(place);
    const worker = await scene.worker();
    const started = nextEvent(worker, "task-started");
    await scene.app.sendUnchecked("stubborn", []);
    await started;
    await within("the app's end", scene.app.close());
    await within("the worker's end", worker.stop({ gracePeriod: "0ms" }));
  });
});

describe("closing an app", () => {
  expectNothingLeftRunning();

  it("ends what waits for results, and is the same twice", async () => {
    const scene = await Scene.open(places[1]!);
    const call = await scene.app.sendUnchecked("add", [1, 1]);
    const waits = Promise.allSettled([call.get(), call.get({ timeout: "60d" })]);
    const connected = scene.app.connect();
    await within("the end", Promise.all([scene.app.close(), scene.app.close()]));
    expect(await waits).toMatchObject([
      { status: "rejected", reason: { code: "RESULT_CLOSED" } },
      { status: "rejected", reason: { code: "RESULT_CLOSED" } },
    ]);
    await connected;
    await expect(scene.app.connect()).rejects.toMatchObject(refusal);
  });

  it("does not wait for a connection that cannot be opened, and closes it when it can", async () => {
    const path = `${await tempDir()}/tasks.db`;
    const raw = await openRaw(path);
    raw.exec("PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE held (x)");
    const app = createApp({ broker: `sqlite:${path}` });
    const connecting = Promise.allSettled([app.connect(), app.sendUnchecked("add", [1, 1])]);
    await within("the app's end", app.close({ timeout: "50ms" }));
    raw.exec("ROLLBACK; PRAGMA locking_mode=NORMAL; SELECT 1 FROM sqlite_schema");
    await within("the end of connecting", connecting);
  });
});
