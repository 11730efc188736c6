import { spawnChild, type Child } from "../support/child.js";

/** A worker process that may not consume yet. `env`: POOL, PREFIX, LEASE. */
export const spawnWorker = (broker: string, history: string, env: Readonly<Record<string, string>> = {}): Child =>
  spawnChild(new URL("fixtures/worker.ts", import.meta.url), { env: { BROKER: broker, HISTORY: history, ...env } });

/** Resolves when it consumes. */
export const isReady = (worker: Child): Promise<unknown> =>
  worker.line("the worker is ready", (line) => (line as { ready?: number }).ready);

/** A worker process that consumes. */
export async function startWorker(...args: Parameters<typeof spawnWorker>): Promise<Child> {
  const child = spawnWorker(...args);
  await isReady(child);
  return child;
}
