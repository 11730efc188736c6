import { memoryUsage } from "node:process";
import { getHeapStatistics } from "node:v8";
import { isMainThread } from "node:worker_threads";
import type { ChildLimits, Spent } from "./protocol.js";

/** Knows when a child has done its part. */
export class Lifetime {
  readonly #limits: ChildLimits;
  #begun = 0;

  constructor(limits: ChildLimits) {
    this.#limits = limits;
  }

  /** A job begins; says whether it is the last one. */
  begin(): Spent | undefined {
    return ++this.#begun === this.#limits.maxTasks ? { limit: "tasks" } : undefined;
  }

  /** To be asked after jobs ended; says whether too much memory is in use. */
  checkMemory(): Spent | undefined {
    const { maxMemory } = this.#limits;
    if (maxMemory === undefined) return undefined;
    const bytes = usedMemory();
    return bytes > maxMemory ? { limit: "memory", bytes } : undefined;
  }
}

/** Of a process all that it has of the machine, of a thread what is its own. */
function usedMemory(): number {
  if (isMainThread) return memoryUsage.rss();
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}
