import { setTimeout as delay } from "node:timers/promises";
import type { Job } from "./pool.js";
import type { PoolThread } from "./thread.js";

/** A thread whose event loop does not turn within this is ended at once: nobody in it makes progress. */
const PONG_MS = 100;

/** So many threads that cannot be ended end the pool. */
const MAX_ZOMBIES = 2;

export interface RetirementsOptions {
  readonly onZombie: (error: Error) => void;
  readonly onHopeless: (error: Error) => void;
}

/** The condemned threads that are still to end. */
export class Retirements<J extends Job> {
  readonly #options: RetirementsOptions;
  readonly #underWay = new Set<Promise<void>>();
  #zombies = 0;

  constructor(options: RetirementsOptions) {
    this.#options = options;
  }

  begin(thread: PoolThread<J>, graceMs: number): void {
    const retirement = this.#end(thread, graceMs).finally(() => this.#underWay.delete(retirement));
    this.#underWay.add(retirement);
  }

  async finished(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #end(thread: PoolThread<J>, graceMs: number): Promise<void> {
    if (!(await retire(thread, graceMs))) this.#noteZombie();
  }

  #noteZombie(): void {
    const error = new Error("a pool thread could not be ended within a second; it goes on beside the pool");
    this.#options.onZombie(error);
    if (++this.#zombies < MAX_ZOMBIES) return;
    this.#options.onHopeless(new Error(`${this.#zombies} pool threads could not be ended`, { cause: error }));
  }
}

/**
 * Ends a condemned thread. Its other jobs may finish within the grace period, unless its event loop stands still. Resolves
 * to false when the thread could not be ended.
 */
async function retire<J extends Job>(thread: PoolThread<J>, graceMs: number): Promise<boolean> {
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
