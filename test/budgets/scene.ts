import { createApp, type App, type Stub } from "@taskgen/core";
import { stub } from "@taskgen/core/internal";
import { expect, onTestFinished } from "vitest";
import { spawnChild, type Child } from "../support/child.js";
import { within } from "../support/within.js";

/** A caller in this process, and a worker with one thread in another one. */
export interface Scene {
  readonly app: App;
  readonly worker: Child;
  readonly add: Stub<[x: number, y: number], number>;
}

/** A worker that is ready, on a broker that both reach. */
export async function startWorker(broker: string, prefix = "taskgen"): Promise<Child> {
  const worker = spawnChild(new URL("fixtures/worker.ts", import.meta.url), {
    env: { BROKER: broker, PREFIX: prefix },
  });
  await worker.line("the worker is ready", (line) => (line as { ready?: true }).ready, 20_000);
  return worker;
}

export async function openScene(broker: string, prefix = "taskgen"): Promise<Scene> {
  const worker = await startWorker(broker, prefix);
  const app = createApp({ broker, prefix });
  onTestFinished(() => app.close());
  return { app, worker, add: stub(app, "add") };
}

/** Runs so many tasks, called together, and checks their results. */
export async function runMany({ add }: Pick<Scene, "add">, count: number): Promise<void> {
  const args = Array.from({ length: count }, (_, i): [number, number] => [i, 1]);
  expect(await within("their results", add.delayMany(args).get(), 60_000)).toEqual(args.map(([x, y]) => x + y));
}

/** Runs so many tasks, one after the other. */
export async function runOneByOne({ add }: Pick<Scene, "add">, count: number): Promise<void> {
  for (let i = 0; i < count; i++) expect(await within("a result", add.delay(i, 1).get(), 20_000)).toBe(i + 1);
}
