import { setTimeout as delay } from "node:timers/promises";
import { Opened } from "../opened.js";
import type { Run } from "../pair.js";
import { RedisUsage, type Usage, type Used } from "../raw/redis-usage.js";
import { RedisServer } from "../redis-server.js";
import { alternate, type Side } from "../rounds.js";
import type { QueuesRun } from "../scale/producer.js";
import { startPair, startWorker } from "../scale/start.js";
import type { ScaleWorkerSettings } from "../scale/worker.js";
import type { Settings } from "../settings.js";
import { median, ratios, spreadOf } from "../statistics.js";
import { number, spread, type Table } from "../table.js";

/** Two heartbeats. */
const IDLE_MS = 10_000;
const SETTLES_MS = 4_000;

type QueuesCost = Used<Run>;

const COUNTS = [1, 100, 1_000] as const;

/** The same tasks over more and more queues of one worker. */
export async function queuesRedis({ folder, tasks, rounds }: Settings): Promise<Table> {
  await using opened = new Opened();
  const { url } = opened.use(await RedisServer.start(folder));
  const usage = opened.use(await RedisUsage.open(url));
  const idle: Usage[] = [];
  const sides = COUNTS.map((queues, i): Side<QueuesCost> => ({
    name: `${queues}`,
    warmUp: async () => (idle[i] = await idleOf({ url, usage, queues })),
    run: () => once({ url, usage, queues }, tasks),
  }));
  const results = await alternate(sides, rounds);
  return tableOf(
    sides.map(({ name }, i) => ({ name, costs: results[i]!, idle: idle[i]! })),
    tasks,
  );
}

interface Once {
  readonly url: string;
  readonly usage: RedisUsage;
  readonly queues: number;
}

const settingsOf = ({ url, queues }: Once): ScaleWorkerSettings => ({
  broker: url,
  prefix: `queues-${queues}`,
  options: { pool: "threads", threads: 1, queues: Array.from({ length: queues }, (_, i) => `q${i}`) },
});

/** n.b. one at a time, since what an idle worker does would be counted to another. */
async function once(which: Once, n: number): Promise<QueuesCost> {
  await using pair = await startPair(settingsOf(which));
  const call = (tasks: number): Promise<Run> =>
    pair.run("overQueues", { n: Math.max(tasks, which.queues), queues: which.queues } satisfies QueuesRun);
  await call(n / 4);
  return await which.usage.during(() => call(n));
}

/** While there is nothing to do. */
async function idleOf(which: Once): Promise<Usage> {
  await using worker = await startWorker(settingsOf(which));
  await delay(SETTLES_MS, worker);
  return (await which.usage.during(() => delay(IDLE_MS, {}))).redis;
}

interface QueuesRow {
  readonly name: string;
  readonly costs: readonly QueuesCost[];
  readonly idle: Usage;
}

function tableOf(sides: readonly QueuesRow[], n: number): Table {
  const perSecond = sides.map(({ costs }) => costs.map(({ ms }) => (n / ms) * 1000));
  const rows = sides.map(({ name, costs, idle }, i) => {
    const middle = (value: (cost: QueuesCost) => number): string => number(median(costs.map(value)));
    return [
      name,
      spread(spreadOf(ratios(perSecond[i]!, perSecond[0]!))),
      spread(spreadOf(perSecond[i]!)),
      middle(({ cpuMs }) => (cpuMs / n) * 1000),
      middle(({ redis }) => (redis.cpuMs / n) * 1000),
      middle(({ redis }) => redis.commands / n),
      number((idle.commands / IDLE_MS) * 1000),
      `${idle.clients}`,
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
  `thread that takes from all the queues; ${rounds} rounds. Idle is the worker alone, for ${IDLE_MS / 1000} s. Commands are those within scripts too.`;
