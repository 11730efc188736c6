import type { Opened } from "../opened.js";
import type { Pair } from "../pair.js";
import type { WorkerSettings } from "../taskgen/worker.js";
import type { NamedPair } from "./best.js";

type Pool = WorkerSettings["pool"];

/** taskgen with one thread, its default on one processor, and as the peers run their jobs: in the worker's main thread. */
export async function ours(opened: Opened, open: (prefix: string, pool: Pool) => Promise<Pair>): Promise<NamedPair[]> {
  return [
    { name: "taskgen, 1 thread", pair: opened.use(await open("threads", { pool: "threads", threads: 1 })) },
    { name: "taskgen, inline", pair: opened.use(await open("inline", { pool: "inline" })) },
  ];
}
