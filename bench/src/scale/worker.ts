// A worker process that takes tasks from when until when it is told.
import { createApp } from "@taskgen/core";
import { createWorker, type Worker, type WorkerOptions } from "@taskgen/worker";
import { cpuMs, given, serve } from "../child/serve.js";
import { memory } from "./memory.js";

/** What a worker process is given. */
export interface ScaleWorkerSettings {
  readonly broker: string;
  /** Separates what shares a broker. */
  readonly prefix?: string;
  readonly options: Omit<WorkerOptions, "registry" | "app">;
  /** Whether it waits until it is told to begin. */
  readonly waits?: boolean;
}

/** What some tasks in the middle of many cost this process. */
export interface Steady {
  readonly ms: number;
  readonly cpuMs: number;
  /** All tasks that ended, those before and after these too. */
  readonly ended: number;
}

const { broker, prefix, options, waits = false } = given() as ScaleWorkerSettings;
const app = createApp({ broker, prefix });
const decoder = new TextDecoder();
const registry = new URL("../tasks/scale-registry.js", import.meta.url).href;
let worker: Worker | undefined;

function open(): Worker {
  worker = createWorker({ app, registry, ...options });
  return worker;
}

async function end(): Promise<void> {
  await worker?.stop();
  worker = undefined;
}

/** Takes tasks until `n` have ended after some first ones. */
async function steady(n: number): Promise<Steady> {
  const first = Math.ceil(n / 4);
  let ended = 0;
  let [startedAt, cpuBefore] = [0, 0];
  const cost = new Promise<Omit<Steady, "ended">>((resolve) => {
    open().on("task-succeeded", () => {
      ended++;
      if (ended === first) [startedAt, cpuBefore] = [performance.now(), cpuMs()];
      if (ended === first + n) resolve({ ms: performance.now() - startedAt, cpuMs: cpuMs() - cpuBefore });
    });
  });
  await worker!.start();
  const { ms, cpuMs: used } = await cost;
  await end();
  return { ms, cpuMs: used, ended };
}

/** Takes tasks until `n` have ended; what they came to. */
async function values(n: number): Promise<unknown[]> {
  const all: unknown[] = [];
  const ended = new Promise<void>((resolve) => {
    open().on("task-succeeded", ({ result }) => {
      if (all.push(JSON.parse(decoder.decode(result))) === n) resolve();
    });
  });
  await worker!.start();
  await ended;
  await end();
  return all;
}

if (!waits) await open().start();

serve({
  steady,
  values,
  memory,
  stop: async () => {
    await end();
    await app.close();
  },
});
