import { compareSpeed, type SpeedSide } from "../comparison.js";
import { Opened } from "../opened.js";
import type { Pair } from "../pair.js";
import { rawRedis, taskgenOnRedis } from "../redis-pair.js";
import { RedisServer } from "../redis-server.js";
import type { Settings } from "../settings.js";
import type { Table } from "../table.js";

/** Enqueue, run, store and be told of results: two processes and a Redis. */
export async function throughputRedis({ folder, tasks, rounds }: Settings): Promise<Table> {
  await using opened = new Opened();
  const { url } = opened.use(await RedisServer.start(folder));
  const side = async (name: string, command: string, open: Promise<Pair>): Promise<SpeedSide> => {
    const pair = opened.use(await open);
    return { name, n: tasks, warmUp: () => pair.run(command, tasks / 4), run: () => pair.run(command, tasks) };
  };
  const sides = [
    await side("raw loop", "many", rawRedis(url)),
    await side("inline", "many", taskgenOnRedis(url, "inline", { pool: "inline" })),
    await side("1 thread", "many", taskgenOnRedis(url, "one", { pool: "threads", threads: 1 })),
    await side("1 thread, a call each", "each", taskgenOnRedis(url, "each", { pool: "threads", threads: 1 })),
  ];
  return await compareSpeed({ title: "Redis: throughput", about: about(tasks) }, sides, rounds);
}

const about = (tasks: number): string =>
  `${tasks} no-op tasks called with \`delayMany\` (or \`delay\` for each), run, their results stored, the caller told all of ` +
  "them; one producer and one worker process, and a private Redis on the same machine whose append-only file is synced every " +
  "second. The raw loop moves the same bytes through the same client in batches of 500: RPUSH, a script that pops into a " +
  "hash, a script that removes from it, sets results and publishes them.";
