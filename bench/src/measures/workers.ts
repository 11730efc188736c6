import { compareSpeed, type SpeedSide } from "../comparison.js";
import { Opened } from "../opened.js";
import type { Pair } from "../pair.js";
import { RedisServer } from "../redis-server.js";
import { startPair } from "../scale/start.js";
import type { Settings } from "../settings.js";
import type { Table } from "../table.js";

/** The same work by more and more worker processes. */
export async function workersRedis({ folder, tasks, rounds }: Settings): Promise<Table[]> {
  await using opened = new Opened();
  const { url } = opened.use(await RedisServer.start(folder));
  const pairs: { readonly name: string; readonly pair: Pair }[] = [];
  for (const workers of [1, 2, 4]) {
    const settings = { broker: url, prefix: `w${workers}`, options: { pool: "threads", threads: 1 } } as const;
    const name = workers === 1 ? "1 worker" : `${workers} workers`;
    pairs.push({ name, pair: opened.use(await startPair(settings, workers)) });
  }
  const sides = (command: string, n: number): SpeedSide[] =>
    pairs.map(({ name, pair }) => ({
      name,
      n,
      warmUp: () => pair.run(command, Math.ceil(n / 4)),
      run: () => pair.run(command, n),
    }));
  const naps = Math.ceil(tasks / 10);
  return [
    await compareSpeed({ title: "Redis: workers", about: about(tasks) }, sides("many", tasks), rounds),
    await compareSpeed(
      { title: "Redis: workers, tasks that wait", about: aboutNaps(naps) },
      sides("naps", naps),
      rounds,
    ),
  ];
}

const about = (tasks: number): string =>
  `${tasks} no-op tasks called with \`delayMany\`, all results read; one producer, and worker processes with one thread each. ` +
  "What all of them need is one Redis, one producer, and the processors of this machine.";

const aboutNaps = (naps: number): string =>
  `The same with ${naps} tasks that wait 10 ms each, ten at once in each worker.`;
