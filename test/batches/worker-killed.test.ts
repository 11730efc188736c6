import { readFile } from "node:fs/promises";
import { createApp } from "@taskgen/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { brokerUrl } from "../support/brokers.js";
import { type Child, spawnChild } from "../support/child.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir } from "../support/temp-dir.js";
import { open } from "../progress/progress-scene.js";

const brokers = [
  { name: "sqlite", url: async () => `sqlite:${await tempDir()}/tasks.db` },
  { name: "redis", url: async () => brokerUrl("redis") },
  { name: "amqp", url: async () => brokerUrl("amqp") },
];

const ITEMS = 100;

async function startWorker(broker: string, prefix: string): Promise<Child> {
  const worker = spawnChild(new URL("fixtures/worker.ts", import.meta.url), {
    env: { BROKER: broker, PREFIX: prefix },
  });
  await worker.line("the worker is ready", (line) => (line as { ready?: number }).ready);
  return worker;
}

const lines = async (path: string): Promise<string[]> =>
  (await readFile(path, "utf8").catch(() => "")).split("\n").filter((line) => line !== "");

describe.each(brokers)("a worker that dies in the middle of a batch on $name", ({ url }) => {
  expectNothingLeftRunning();

  it("loses nothing: each call ends once, those of the batch in one of their own", { timeout: 120_000 }, async () => {
    const [broker, prefix, folder] = [await url(), namespace(), await tempDir()];
    const app = createApp({ broker, prefix });
    onTestFinished(() => app.close());
    const killed = await startWorker(broker, prefix);
    const calls = Array.from({ length: ITEMS }, (_, n) => app.sendUnchecked("noted", [{ folder, n }]));
    await Promise.all(calls);
    await eventually(async () => (await lines(`${folder}/runs`)).length > 0, { what: "a batch that runs" });
    await killed.kill();
    await open(folder, "go");
    await startWorker(broker, prefix);
    const values = await Promise.all(calls.map((one) => one.get({ timeout: "60s" })));
    expect(values).toEqual(calls.map((_, n) => n));
    const ran = await lines(`${folder}/ran`);
    expect(new Set(ran).size).toBe(ITEMS);
    expect(await lines(`${folder}/runs`)).toContain("1");
  });
});
