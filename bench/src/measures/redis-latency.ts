import { compareLatency } from "../latency-comparison.js";
import { Opened } from "../opened.js";
import { rawRedis, taskgenOnRedis } from "../redis-pair.js";
import { RedisServer } from "../redis-server.js";
import type { Settings } from "../settings.js";
import type { Table } from "../table.js";

/** One awaited call after the other: two processes and a Redis. */
export async function latencyRedis({ folder, rounds }: Settings): Promise<Table> {
  await using opened = new Opened();
  const { url } = opened.use(await RedisServer.start(folder));
  const sides = [
    { name: "raw echo", pair: opened.use(await rawRedis(url)) },
    { name: "inline", pair: opened.use(await taskgenOnRedis(url, "inline", { pool: "inline" })) },
    { name: "1 thread", pair: opened.use(await taskgenOnRedis(url, "one", { pool: "threads", threads: 1 })) },
  ];
  return await compareLatency({ title: "Redis: `.get()` one at a time", about: ABOUT }, sides, rounds);
}

const ABOUT =
  "The raw echo is LPUSH and BLPOP on two lists through the same client; it stores no result and owns no message.";
