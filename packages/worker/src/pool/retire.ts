import { setTimeout as delay } from "node:timers/promises";
import type { Job } from "./pool.js";
import type { PoolThread } from "./thread.js";

/** A thread whose event loop does not turn within this is ended at once: nobody in it makes progress. */
const PONG_MS = 100;

/**
 * Ends a condemned thread. Its other jobs may finish within the grace period, unless its event loop stands still. Resolves
 * to false when the thread could not be ended.
 */
export async function retire<J extends Job>(thread: PoolThread<J>, graceMs: number): Promise<boolean> {
  if (thread.assigned.size > 0 && graceMs > 0) {
    const alive = thread.ping();
    await drainedWithin(thread, PONG_MS);
    if (alive()) await drainedWithin(thread, graceMs - PONG_MS);
  }
  return thread.terminate();
}

async function drainedWithin(thread: PoolThread<Job>, ms: number): Promise<void> {
  const over = new AbortController();
  await Promise.race([thread.drained(), delay(Math.max(0, ms), undefined, { signal: over.signal }).catch(() => {})]);
  over.abort();
}
