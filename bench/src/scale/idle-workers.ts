// A process with many workers, each with an app and connections of its own, that have nothing to do.
import { createApp, type App } from "@taskgen/core";
import { createWorker, type Worker } from "@taskgen/worker";
import { given, serve } from "../child/serve.js";
import { memory } from "./memory.js";

const TOGETHER = 10;

const { broker } = given() as { readonly broker: string };
const registry = new URL("../tasks/scale-registry.js", import.meta.url).href;
const all: { readonly app: App; readonly worker: Worker }[] = [];

async function startOne(): Promise<void> {
  const app = createApp({ broker });
  const worker = createWorker({ app, registry, pool: "inline", concurrency: 1 });
  all.push({ app, worker });
  await worker.start();
}

async function stopOne({ app, worker }: (typeof all)[number]): Promise<void> {
  await worker.stop();
  await app.close();
}

async function stop(): Promise<void> {
  while (all.length > 0) await Promise.all(all.splice(0, TOGETHER).map(stopOne));
}

async function add(n: number): Promise<void> {
  for (let i = 0; i < n; i += TOGETHER) {
    await Promise.all(Array.from({ length: Math.min(TOGETHER, n - i) }, startOne));
  }
}

serve({ add, memory, end: stop, stop });
