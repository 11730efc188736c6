import { Child } from "../child/child.js";
import { Pair } from "../pair.js";
import type { ProducerSettings } from "../taskgen/producer.js";
import type { ScaleWorkerSettings } from "./worker.js";

const here = (path: string): URL => new URL(path, import.meta.url);

export const startProducer = (settings: ProducerSettings): Promise<Child> => Child.start(here("producer.ts"), settings);

export const startWorker = (settings: ScaleWorkerSettings): Promise<Child> => Child.start(here("worker.ts"), settings);

/** A producer and as many workers as are given. */
export async function startPair(settings: ScaleWorkerSettings, workers = 1): Promise<Pair> {
  const { broker, prefix } = settings;
  const started: Child[] = [];
  for (let i = 0; i < workers; i++) started.push(await startWorker(settings));
  return new Pair(await startProducer({ broker, ...(prefix === undefined ? {} : { prefix }) }), ...started);
}
