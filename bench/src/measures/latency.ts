import { compareLatency } from "../latency-comparison.js";
import { Opened } from "../opened.js";
import { Pair } from "../pair.js";
import type { Settings } from "../settings.js";
import type { Table } from "../table.js";

/** One awaited call after the other: two processes and a database. */
export async function latencySqlite({ folder, rounds }: Settings): Promise<Table> {
  await using opened = new Opened();
  const sides = [
    { name: "raw echo", pair: opened.use(await Pair.raw(folder)) },
    { name: "inline", pair: opened.use(await Pair.taskgen(folder, "inline-get", { pool: "inline" })) },
    { name: "1 thread", pair: opened.use(await Pair.taskgen(folder, "thread-get", { pool: "threads", threads: 1 })) },
  ];
  return await compareLatency({ title: "SQLite: `.get()` one at a time", about: ABOUT }, sides, rounds);
}

const ABOUT =
  "The raw echo is the same loop over SQLite as above with batches of one, woken in the same way, by `fs.watch` on a touched file.";
