import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ResultError } from "@taskgen/core";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir } from "../support/temp-dir.js";
import { brokerUrl } from "../support/brokers.js";
// @ts-expect-error a fixture in plain JavaScript
import { closeApps, registry } from "./fixtures/stream-registry.js";
import { brokersAndPools, nextEvent, pairs, places, Scene, sharedScene, type Place } from "./scene.js";
import { failedItems, firstItems, itemsOf, streamOf, upTo } from "./stream-scene.js";

const streaming = ({ name }: Place): boolean =>
  !name.startsWith("amqp,") && name !== "amqp" && !name.includes("amqp results");
const here = [...brokersAndPools, ...pairs].filter(streaming);

const newFile = async (): Promise<string> => join(await tempDir(), "file");
const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");

describe.each(here)("streams on $name", (place) => {
  const shared = sharedScene(place, { registry });
  afterEach(() => closeApps());

  it("gives what a task yields, then what it returns", async () => {
    const { app } = shared.scene;
    const call = streamOf(app, "count", [2_500]);
    expect(await itemsOf(call.stream())).toEqual(upTo(2_500));
    expect(await call.get({ timeout: "60s" })).toBe(3_126_250);
    expect(await itemsOf(streamOf(app, "nothing", []).stream())).toEqual([]);
  });

  it("gives values that JSON loses, and large ones", async () => {
    const { app } = shared.scene;
    const rich = await itemsOf(streamOf(app, "rich", []).stream());
    expect(rich).toEqual([new Map([[1, new Date(5)]]), undefined, { big: 10n }, "awaited"]);
    const wide = await itemsOf(streamOf(app, "wide", [60, 150_000]).stream());
    expect(wide.map((item) => String(item).split(" ")[0])).toEqual(upTo(60).map(String));
    expect(wide.every((item) => String(item).length === 150_000)).toBe(true);
  });

  it("gives items as they come", async () => {
    const { app } = shared.scene;
    const gate = await newFile();
    const items: unknown[] = [];
    for await (const item of streamOf(app, "gated", [gate]).stream({ timeout: "60s" })) {
      if (items.push(item) === 1) writeFileSync(gate, "");
    }
    expect(items).toEqual(["before", "after"]);
  });

  it("gives the items before a failure, then its error", async () => {
    const { app } = shared.scene;
    const call = streamOf(app, "failing", [1_300]);
    const { items, error } = await failedItems(call.stream());
    expect(items).toEqual(upTo(1_300));
    expect(error).toMatchObject({ name: "TaskError", message: expect.stringContaining("enough") as string });
    await expect(call.get({ timeout: "60s" })).rejects.toThrow("enough");
  });

  it("gives each number once, whatever runs again", async () => {
    const { app } = shared.scene;
    const items = await itemsOf(streamOf(app, "retried", [await newFile(), 350]).stream());
    expect(items).toEqual([...upTo(350).map((i) => `${i} of run 0`), "end of run 1"]);
  });

  it("goes on where the run before ended", async () => {
    const { app } = shared.scene;
    const call = streamOf(app, "resuming", [await newFile(), 110]);
    const items = await itemsOf(call.stream());
    expect(items).toEqual(upTo(330).map((i) => `${i} of run ${Math.floor((i - 1) / 110)}`));
    expect(await call.get({ timeout: "60s" })).toBe(220);
  });

  it("fails where an item cannot be encoded, without a retry", async () => {
    const { app } = shared.scene;
    const file = await newFile();
    const { items, error } = await failedItems(streamOf(app, "unencodable", [file]).stream());
    expect(items).toEqual([{ x: 1 }]);
    expect(error).toMatchObject({ code: "NOT_SERIALIZABLE", message: expect.stringContaining("item 2 .x") as string });
    expect(textOf(file)).toBe("cleaned up\n");
    const returned = await failedItems(streamOf(app, "unencodableReturn", []).stream());
    expect(returned).toMatchObject({ items: [1], error: { code: "NOT_SERIALIZABLE" } });
  });

  it("fails when nobody reads on, and cleans up", async () => {
    const { app } = shared.scene;
    const file = await newFile();
    const call = streamOf(app, "stalling", [file]);
    await expect(call.get({ timeout: "60s" })).rejects.toMatchObject({ code: "STREAM_STALLED" });
    expect(textOf(file)).toBe("cleaned up\n");
    const { items, error } = await failedItems(call.stream());
    expect(error).toMatchObject({ code: "STREAM_STALLED" });
    expect(items.length).toBeGreaterThanOrEqual(1_000);
    expect(items).toEqual(upTo(items.length));
  });

  it("ends when it is revoked, also where it waits for its reader", async () => {
    const { app } = shared.scene;
    const file = await newFile();
    const call = streamOf(app, "endless", [file]);
    expect(await firstItems(call, 10)).toEqual(upTo(10));
    await (await call).revoke();
    await eventually(() => textOf(file) === "TASK_REVOKED\n", { what: "the end of the generator" });
    const { error } = await failedItems(call.stream());
    expect(error).toMatchObject({ code: "TASK_REVOKED" });
  });

  it("revokes the task when the loop is left, if it is to", async () => {
    const { app } = shared.scene;
    const file = await newFile();
    const call = streamOf(app, "endless", [file]);
    expect(await firstItems(call, 3, { revokeOnReturn: true })).toEqual([1, 2, 3]);
    await expect(call.get({ timeout: "60s" })).rejects.toMatchObject({ code: "TASK_REVOKED" });
    await eventually(() => textOf(file) === "TASK_REVOKED\n", { what: "the end of the generator" });
  });

  it("tells a task of its soft limit where it yields", async () => {
    const { app } = shared.scene;
    const call = streamOf(app, "soft", []);
    expect(await itemsOf(call.stream())).toEqual(["first", "not told yet", "SOFT_TIME_LIMIT_EXCEEDED"]);
    expect(await call.get({ timeout: "60s" })).toBe("ended well");
  });

  it("gives what was stored before a hard limit", async () => {
    const { app } = shared.scene;
    const { items, error } = await failedItems(streamOf(app, "limited", []).stream());
    expect(items).toEqual(["first"]);
    expect(error).toMatchObject({ code: "TIME_LIMIT_EXCEEDED" });
  });

  it("runs to the end and gives nothing where the result is ignored", async () => {
    const { app } = shared.scene;
    const files = [await newFile(), await newFile()] as const;
    const calls = [
      streamOf(app, "ignored", [files[0], 3_000]),
      streamOf(app, "count", [3_000], { ignoreResult: true }),
    ] as const;
    await eventually(() => textOf(files[0]) === "done\n", { what: "the end of the task" });
    await expect(itemsOf(calls[1].stream())).rejects.toMatchObject({ code: "RESULT_IGNORED" });
  });

  it("can be read by another task, which yields it on", async () => {
    const { app, where } = shared.scene;
    expect(await itemsOf(streamOf(app, "relay", [where, 1_200, true]).stream())).toEqual(upTo(1_200).map((i) => i * 2));
    const { error } = await failedItems(streamOf(app, "relay", [where, 3, false]).stream());
    expect(error).toMatchObject({ code: "JOIN_IN_TASK" });
  });

  it("gives none of a task that yields none by its nature", async () => {
    const { app } = shared.scene;
    const call = streamOf(app, "add", [4, 4]);
    expect(await itemsOf(call.stream())).toEqual([]);
    expect(await call.get({ timeout: "60s" })).toBe(8);
  });
});

describe.each(here.filter(({ pool }) => pool === "threads"))("reading streams on $name", (place) => {
  const shared = sharedScene(place, { registry });

  it("goes on after an item", async () => {
    const { app } = shared.scene;
    const call = streamOf(app, "count", [900]);
    expect(await itemsOf(call.stream({ after: 700 }))).toEqual(upTo(900).slice(700));
    await expect(itemsOf(call.stream({ after: 1.5 }))).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });

  it("gives nothing before what is asked for, also when it is asked for early", async () => {
    const { app } = shared.scene;
    const gate = await newFile();
    const items = itemsOf(streamOf(app, "gated", [gate]).stream({ after: 2, timeout: "60s" }));
    expect(await itemsOf(streamOf(app, "nothing", []).stream())).toEqual([]);
    writeFileSync(gate, "");
    expect(await items).toEqual([]);
  });

  it("says what somebody else has read", async () => {
    const { app } = shared.scene;
    const call = streamOf(app, "count", [900]);
    expect(await firstItems(call, 250)).toEqual(upTo(250));
    const { items, error } = await failedItems(call.stream());
    expect({ items, code: (error as ResultError).code }).toEqual({ items: [], code: "STREAM_READ" });
    const after = Number(/stream\(\{ after: (\d+) \}\)/.exec((error as ResultError).message)?.[1]);
    expect(await itemsOf(call.stream({ after }))).toEqual(upTo(900).slice(after));
  });

  it("can be done by another app", async () => {
    const { scene } = shared;
    const { id } = await streamOf(scene.app, "count", [900]);
    const other = await Scene.open({ ...place, broker: async () => scene.broker }, scene.where);
    expect(await itemsOf(other.app.result(id).stream())).toEqual(upTo(900));
  });

  it("ends with its time-out and its signal, and the task goes on", async () => {
    const { app } = shared.scene;
    const gate = await newFile();
    const call = streamOf(app, "gated", [gate]);
    const items: unknown[] = [];
    const read = async (): Promise<void> => {
      for await (const item of call.stream({ timeout: "50ms" })) items.push(item);
    };
    await eventually(
      async () => {
        await expect(read()).rejects.toMatchObject({ code: "RESULT_TIMEOUT" });
        return items.length > 0;
      },
      { what: "an item" },
    );
    const controller = new AbortController();
    const rest = itemsOf(call.stream({ after: 1, signal: controller.signal }));
    controller.abort();
    await expect(rest).rejects.toMatchObject({ code: "RESULT_ABORTED" });
    writeFileSync(gate, "");
    expect(await itemsOf(call.stream({ after: 1 }))).toEqual(["after"]);
  });

  it("is told by middleware and events as one run", async () => {
    const { scene, worker } = shared;
    const call = streamOf(scene.app, "count", [300]);
    const succeeded = nextEvent(worker, "task-succeeded", call.id);
    await itemsOf(call.stream());
    await succeeded;
  });
});

describe("streams with results that are sent to callers", () => {
  expectNothingLeftRunning();

  const amqp = places.find(({ name }) => name.startsWith("amqp"))!;

  it("are refused when the worker starts, and when they are read", async () => {
    const scene = await Scene.open(amqp);
    const worker = scene.newWorker({ registry });
    await expect(worker.start()).rejects.toMatchObject({
      code: "CAPABILITY_MISSING",
      message: expect.stringContaining("streams") as string,
    });
    const call = streamOf(scene.app, "count", [3]);
    await expect(itemsOf(call.stream())).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
    await (await call).revoke();
    expect(brokerUrl("amqp")).toContain("amqp");
  });
});
