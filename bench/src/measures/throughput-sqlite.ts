import { compareSpeed, type SpeedSide } from "../comparison.js";
import { Opened } from "../opened.js";
import { Pair } from "../pair.js";
import type { Settings } from "../settings.js";
import type { Table } from "../table.js";

/** Enqueue, run, store and read results: two processes and a database. */
export async function throughputSqlite({ folder, tasks, rounds }: Settings): Promise<Table> {
  await using pairs = new Opened();
  const side = async (name: string, command: string, open: Promise<Pair>): Promise<SpeedSide> => {
    const pair = pairs.use(await open);
    return { name, n: tasks, warmUp: () => pair.run(command, tasks / 4), run: () => pair.run(command, tasks) };
  };
  const sides = [
    await side("raw loop", "many", Pair.raw(folder)),
    await side("inline", "many", Pair.taskgen(folder, "inline", { pool: "inline" })),
    await side("1 thread", "many", Pair.taskgen(folder, "one", { pool: "threads", threads: 1 })),
    await side("1 thread, a call each", "each", Pair.taskgen(folder, "each", { pool: "threads", threads: 1 })),
    await side("2 threads", "many", Pair.taskgen(folder, "two", { pool: "threads", threads: 2 })),
  ];
  return await compareSpeed({ title: "SQLite: throughput", about: about(tasks) }, sides, rounds);
}

const about = (tasks: number): string =>
  `${tasks} no-op tasks called with \`delayMany\` (or \`delay\` for each), run, their results stored, all of them read by the ` +
  "caller; one producer and one worker process. The raw loop moves the same bytes through the same driver with the same " +
  "pragmas in transactions of 500, and does nothing else.";
