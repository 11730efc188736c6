import { spawnChild, type Child } from "../support/child.js";

/** A worker process that may not consume yet. */
export const spawnWorker = (broker: string, history: string): Child =>
  spawnChild(new URL("fixtures/worker.ts", import.meta.url), { env: { BROKER: broker, HISTORY: history } });

/** Resolves when it consumes. */
export const isReady = (worker: Child): Promise<unknown> =>
  worker.line("the worker is ready", (line) => (line as { ready?: number }).ready, 20_000);

/** A worker process that consumes. */
export async function startWorker(broker: string, history: string): Promise<Child> {
  const child = spawnWorker(broker, history);
  await isReady(child);
  return child;
}
