import { setTimeout as delay } from "node:timers/promises";
import type { Child } from "./child.js";
import type { Job } from "./pool.js";

/** A child whose event loop does not turn within this is ended at once: nobody in it makes progress. */
const PONG_MS = 100;

/** So many children that cannot be ended end the pool. */
const MAX_ZOMBIES = 2;

export interface RetirementsOptions {
  readonly onZombie: (error: Error) => void;
  readonly onHopeless: (error: Error) => void;
}

/** The children that get no more jobs and are still to end. */
export class Retirements<J extends Job> {
  readonly #options: RetirementsOptions;
  readonly #underWay = new Set<Promise<void>>();
  #zombies = 0;

  constructor(options: RetirementsOptions) {
    this.#options = options;
  }

  /** Ends a condemned child by force, after the grace of its other jobs. */
  force(child: Child<J>, graceMs: number): void {
    this.#begin(child, forced(child, graceMs));
  }

  /** Ends a child in good order: it finishes what it runs, and tears down. */
  release(child: Child<J>): void {
    this.#begin(child, released(child));
  }

  async finished(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #begin(child: Child<J>, ending: Promise<boolean>): void {
    const retirement = this.#watch(child, ending).finally(() => this.#underWay.delete(retirement));
    this.#underWay.add(retirement);
  }

  async #watch({ kind }: Child<J>, ending: Promise<boolean>): Promise<void> {
    if (!(await ending)) this.#noteZombie(kind);
  }

  #noteZombie(kind: string): void {
    const error = new Error(`a pool ${kind} could not be ended within a second; it goes on beside the pool`);
    this.#options.onZombie(error);
    if (++this.#zombies < MAX_ZOMBIES) return;
    this.#options.onHopeless(new Error(`${this.#zombies} children of the pool could not be ended`, { cause: error }));
  }
}

/**
 * Ends a condemned child. Its other jobs may finish within the grace period, unless its event loop stands still. Resolves
 * to false when the child could not be ended.
 */
async function forced<J extends Job>(child: Child<J>, graceMs: number): Promise<boolean> {
  if (child.assigned.size > 0 && graceMs > 0) {
    const alive = child.ping();
    await drainedWithin(child, PONG_MS);
    if (alive()) await drainedWithin(child, graceMs - PONG_MS);
  }
  return child.terminate();
}

async function released<J extends Job>(child: Child<J>): Promise<boolean> {
  await child.drained();
  await child.tearDown();
  // n.b. one that was condemned meanwhile is ended by force
  if (child.condemned) return true;
  child.condemned = true;
  return child.terminate();
}

async function drainedWithin(child: Child<Job>, ms: number): Promise<void> {
  const over = new AbortController();
  await Promise.race([child.drained(), delay(Math.max(0, ms), undefined, { signal: over.signal }).catch(() => {})]);
  over.abort();
}
