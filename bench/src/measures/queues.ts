import { setTimeout as delay } from "node:timers/promises";
import { Opened } from "../opened.js";
import type { Run } from "../pair.js";
import { RedisUsage, type Usage, type Used } from "../raw/redis-usage.js";
import { RedisServer } from "../redis-server.js";
import { alternate, type Side } from "../rounds.js";
import type { QueuesRun } from "../scale/producer.js";
import { startPair } from "../scale/start.js";
import type { Settings } from "../settings.js";
import { median, ratios, spreadOf } from "../statistics.js";
import { number, spread, type Table } from "../table.js";

const IDLE_MS = 3_000;

interface QueuesCost extends Used<Run> {
  /** While there was nothing to do. */
  readonly idle: Usage;
}

/** The same tasks over more and more queues of one worker. */
export async function queuesRedis({ folder, tasks, rounds }: Settings): Promise<Table> {
  await using opened = new Opened();
  const { url } = opened.use(await RedisServer.start(folder));
  const usage = opened.use(await RedisUsage.open(url));
  const sides = [1, 100, 1_000].map((queues): Side<QueuesCost> => {
    const run = (n: number, idleMs = IDLE_MS): Promise<QueuesCost> => once({ url, usage, n, queues, idleMs });
    return { name: `${queues}`, warmUp: () => run(queues, 0), run: () => run(tasks) };
  });
  return tableOf(sides, await alternate(sides, rounds), tasks);
}

/** n.b. one at a time, since what an idle worker does would be counted to another. */
async function once({ url, usage, n, queues, idleMs }: Once): Promise<QueuesCost> {
  const prefix = `queues-${queues}`;
  const names = Array.from({ length: queues }, (_, i) => `q${i}`);
  await using pair = await startPair({ broker: url, prefix, options: { pool: "threads", threads: 1, queues: names } });
  const call = (tasks: number): Promise<Run> =>
    pair.run("overQueues", { n: Math.max(tasks, queues), queues } satisfies QueuesRun);
  await call(n / 4);
  const cost = await usage.during(() => call(n));
  const { redis: idle } = await usage.during(() => delay(idleMs, {}));
  return { ...cost, idle };
}

interface Once {
  readonly url: string;
  readonly usage: RedisUsage;
  readonly n: number;
  readonly queues: number;
  readonly idleMs: number;
}

function tableOf(sides: readonly Side<QueuesCost>[], results: readonly (readonly QueuesCost[])[], n: number): Table {
  const perSecond = results.map((costs) => costs.map(({ ms }) => (n / ms) * 1000));
  const rows = sides.map(({ name }, i) => {
    const middle = (value: (cost: QueuesCost) => number): string => number(median(results[i]!.map(value)));
    return [
      name,
      spread(spreadOf(ratios(perSecond[i]!, perSecond[0]!))),
      spread(spreadOf(perSecond[i]!)),
      middle(({ cpuMs }) => (cpuMs / n) * 1000),
      middle(({ redis }) => (redis.cpuMs / n) * 1000),
      middle(({ redis }) => redis.commands / n),
      middle(({ idle }) => (idle.commands / IDLE_MS) * 1000),
      middle(({ idle }) => idle.clients),
    ];
  });
  return { title: "Redis: queues of one worker", about: about(n, perSecond[0]!.length), columns: COLUMNS, rows };
}

const COLUMNS = [
  "queues",
  "ratio of speed",
  "per second",
  "CPU µs each",
  "Redis CPU µs each",
  "commands each",
  "idle: commands per second",
  "connections",
];

const about = (n: number, rounds: number): string =>
  `${n} no-op tasks, as many on each queue, called with \`delayMany\`, all results read; one producer and one worker process with one ` +
  `thread that takes from all the queues; ${rounds} rounds. Then nothing for ${IDLE_MS / 1000} s. Commands are those within scripts too.`;
