import { readFile } from "node:fs/promises";
import type { App, TaskCallWith, UnknownExtras } from "@taskgen/core";
import type { WorkerOptions } from "@taskgen/worker";
import { describe, expect, it } from "vitest";
import { brokersAndPools, elsewhere, nextEvent, Scene, sharedScene } from "../engine/scene.js";
import { all, call, open } from "../progress/progress-scene.js";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir } from "../support/temp-dir.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/registry.js";

type Call = TaskCallWith<unknown, UnknownExtras>;

const wait = { timeout: "60s" } as const;

const send = (app: App, task: string, ...items: readonly unknown[]): Call[] =>
  items.map((item) => app.sendUnchecked(task, [item]));

const values = (calls: readonly Call[]): Promise<unknown[]> => Promise.all(calls.map((one) => one.get(wait)));

/** The value of each, or the code of its failure. */
const ends = (calls: readonly Call[]): Promise<unknown[]> =>
  Promise.all(
    calls.map(async (one) => {
      const settled = await (await one).settled(wait);
      return settled.ok ? settled.value : `${settled.state} ${String((settled.error as { code?: unknown }).code)}`;
    }),
  );

const here = [...brokersAndPools, elsewhere];

describe.each(here)("batches on $name", (place) => {
  const shared = sharedScene(place, { registry });

  it("runs what there is when the first has waited long enough", async () => {
    const { scene } = shared;
    expect(await values(send(scene.app, "brief", 1, 2, 3))).toEqual([3, 3, 3]);
    expect(await values(send(scene.app, "defaults", 4))).toEqual([8]);
    expect(await scene.app.sendUnchecked("add", [1, 2]).get(wait)).toBe(3);
  });

  it("ends each call with its own value or error", async () => {
    const { scene } = shared;
    expect(await ends(send(scene.app, "odd", 1, 2, 3, 4))).toEqual([
      "FAILURE TASK_FAILURE",
      2,
      "FAILURE TASK_FAILURE",
      4,
    ]);
  });

  it("ends a call as the control error says that stands for its result", async () => {
    const { scene } = shared;
    expect(await ends(send(scene.app, "ignoring", 0, 1))).toEqual(["IGNORED TASK_IGNORED", 1]);
  });

  it.each([
    ["throws", "TASK_FAILURE"],
    ["short", "BATCH_RESULTS"],
    ["none", "BATCH_RESULTS"],
  ])("fails all calls when the function %s", async (task, code) => {
    const { scene } = shared;
    expect(await ends(send(scene.app, task, 1, 2, 3))).toEqual(Array(3).fill(`FAILURE ${code}`));
  });

  it("retries the calls that ask for it alone", async () => {
    const { scene } = shared;
    expect(await values(send(scene.app, "flaky", 1, 2, 3, 4))).toEqual([1, 2, 3, 4]);
    expect(await values(send(scene.app, "autoretried", 1, 2))).toEqual(["done", "done"]);
  });

  it("checks each item by itself; one that does not fit ends no other", async () => {
    const { scene } = shared;
    expect(await ends(send(scene.app, "checked", 1, "two", 3))).toEqual([
      [101, 2],
      "REJECTED INVALID_ARGUMENTS",
      [103, 2],
    ]);
  });

  it("tells the run whose calls it has", async () => {
    const { scene } = shared;
    const calls = send(scene.app, "context", 1, 2);
    const batch = calls.map(({ id }) => id);
    const first = { id: batch[0], batch, headers: {} };
    expect(await values(calls)).toEqual([first, first]);
  });

  it("does not run one call with the headers of another", async () => {
    const { scene } = shared;
    const tenants = ["a", "b"].map((tenant) => scene.app.sendUnchecked("context", [1], { headers: { tenant } }));
    expect(await values(tenants)).toEqual(Array(2).fill(expect.objectContaining({ headers: {} })));
  });

  it("calls the hooks of each call", async () => {
    const { scene, worker } = shared;
    const lines: string[] = [];
    worker.on("task-log", ({ message }) => lines.push(message));
    const calls = send(scene.app, "hooked", "good", "bad");
    await ends(calls);
    expect(lines).toEqual([`success ${calls[0]!.id} good`, `failure ${calls[1]!.id} bad`]);
  });

  it("reports the progress of a run to each caller", async () => {
    const { scene } = shared;
    const seen = [call(scene.app, "reports", 1), call(scene.app, "reports", 2)].map((one) => all(one.progress()));
    expect(await Promise.all(seen)).toEqual([["half"], ["half"]]);
  });

  it("ends a revoked call at once while it waits", async () => {
    const { scene, worker } = shared;
    const [waiting] = send(scene.app, "sizes", 1) as [Call];
    await nextEvent(worker, "task-received", waiting.id);
    await (await waiting).revoke();
    expect(await ends([waiting])).toEqual(["REVOKED TASK_REVOKED"]);
  });

  it("ends a revoked call alone while its batch runs", async () => {
    const { scene, worker } = shared;
    const folder = await tempDir();
    const running = send(scene.app, "waits", `${folder}/a`, `${folder}/b`, `${folder}/c`);
    await Promise.all(running.map(({ id }) => nextEvent(worker, "task-started", id)));
    await (await running[1]!).revoke();
    await Promise.all(["a", "b", "c"].map((name) => open(folder, name)));
    expect(await ends(running)).toEqual([`${folder}/a`, "REVOKED TASK_REVOKED", `${folder}/c`]);
  });

  it("ends all calls of a run past its time limit", async () => {
    const { scene } = shared;
    expect(await ends(send(scene.app, "limited", 1, 2))).toEqual(Array(2).fill("FAILURE TIME_LIMIT_EXCEEDED"));
  });

  it("runs what is acknowledged early", async () => {
    const { scene } = shared;
    expect(await values(send(scene.app, "early", 1, 2))).toEqual([2, 2]);
  });
});

describe.each(here)("a worker with batches on $name", (place) => {
  expectNothingLeftRunning();

  const start = async (options: Partial<WorkerOptions> = {}): Promise<Scene> => {
    const scene = await Scene.open(place);
    await scene.worker({ registry, ...options });
    return scene;
  };

  it("collects calls until they are enough, beyond what the worker runs at once", async () => {
    const scene = await start({ concurrency: 2 });
    const items = Array.from({ length: 100 }, (_, i) => i);
    expect(await values(send(scene.app, "sizes", ...items))).toEqual(items.map((item) => ({ item, size: 10 })));
  });

  it("tells a run to stop when all its calls are revoked", async () => {
    const scene = await Scene.open(place);
    const worker = await scene.worker({ registry });
    const running = send(scene.app, "endless", 1, 2);
    await Promise.all(running.map(({ id }) => nextEvent(worker, "task-started", id)));
    await Promise.all(running.map(async (one) => (await one).revoke()));
    expect(await ends(running)).toEqual(Array(2).fill("REVOKED TASK_REVOKED"));
    await eventually(async () => (await worker.stop()).clean, { what: "the end of the run" });
  });

  it("hands back what waits when the worker stops", async () => {
    const scene = await Scene.open(place);
    const worker = await scene.worker({ registry });
    const calls = send(scene.app, "sizes", 1, 2, 3);
    await Promise.all(calls.map(({ id }) => nextEvent(worker, "task-received", id)));
    expect(await worker.stop({ gracePeriod: "10s" })).toEqual({ clean: true });
    await scene.worker({ registry });
    const rest = send(scene.app, "sizes", 4, 5, 6, 7, 8, 9, 10);
    const sizes = (await values([...calls, ...rest])).map((value) => (value as { size: number }).size);
    expect(sizes).toEqual(Array(10).fill(10));
  });

  it("runs what is acknowledged early and waits when the worker stops", async () => {
    const scene = await Scene.open(place);
    const worker = await scene.worker({ registry });
    const [last] = send(scene.app, "early", 3) as [Call];
    await nextEvent(worker, "task-received", last.id);
    // what is settled after it has been settled too
    expect(await scene.app.sendUnchecked("add", [1, 2]).get(wait)).toBe(3);
    expect(await worker.stop({ gracePeriod: "10s" })).toEqual({ clean: true });
    expect(await ends([last])).toEqual([1]);
  });

  it("lets one item that ends its thread or process end no other", async () => {
    if (place.pool === "inline") return;
    const [scene, folder] = [await start({ maxRedeliveries: 1 }), await tempDir()];
    // n.b. a thread has no signals of its own
    const task = place.pool === "threads" ? "exits" : "poison";
    expect(await ends(send(scene.app, task, 1, 2, `${folder}/deaths`, 4, 5))).toEqual([
      10,
      20,
      "FAILURE WORKER_LOST",
      40,
      50,
    ]);
    expect(await readFile(`${folder}/deaths`, "utf8")).toBe("xx");
  });
});
