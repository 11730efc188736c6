import { Child } from "../child/child.js";
import { Opened } from "../opened.js";
import type { Pair } from "../pair.js";
import type { StepCost } from "../raw/redis-limit.js";
import { RedisUsage, type Used } from "../raw/redis-usage.js";
import { rawRedis, taskgenOnRedis } from "../redis-pair.js";
import { RedisServer } from "../redis-server.js";
import { alternate, type Side } from "../rounds.js";
import type { Settings } from "../settings.js";
import { median, ratios, spreadOf } from "../statistics.js";
import { number, spread, type Table } from "../table.js";

type Cost = Used<StepCost>;

/** What a Redis can do at most, a step at a time. */
export async function limitRedis({ folder, tasks, rounds }: Settings): Promise<Table> {
  await using opened = new Opened();
  const { url } = opened.use(await RedisServer.start(folder));
  const usage = opened.use(await RedisUsage.open(url));
  const client = opened.use(await Child.start(new URL("../raw/redis-limit.ts", import.meta.url), { url }));
  const step = (name: string, command: string): Side<Cost> => {
    const run = (): Promise<Cost> => usage.during(() => client.ask<StepCost>(command));
    return { name, warmUp: run, run };
  };
  const prepared = (side: Side<Cost>): Side<Cost> => ({
    name: side.name,
    warmUp: async () => [await client.ask("prepare", tasks), await side.warmUp()],
    run: async () => (await client.ask("prepare", tasks), side.run()),
  });
  const pair = async (name: string, open: Promise<Pair>): Promise<Side<Cost>> => {
    const two = opened.use(await open);
    const run = (): Promise<Cost> => usage.during(() => two.run("many", tasks));
    return { name, warmUp: run, run };
  };
  const sides = [
    prepared(step("RPUSH", "push")),
    step("script: pop, HSET", "take"),
    step("script: HDEL, SET, RPUSH of replies", "finish"),
    step("LPOP of replies", "replies"),
    await pair("raw loop", rawRedis(url)),
    await pair("taskgen, 1 thread", taskgenOnRedis(url, "one", { pool: "threads", threads: 1 })),
  ];
  return tableOf(sides, await alternate(sides, rounds), tasks);
}

const STEPS = 4;

function tableOf(sides: readonly Side<Cost>[], results: readonly (readonly Cost[])[], tasks: number): Table {
  const all = results[0]!.map((_, round) =>
    results
      .slice(0, STEPS)
      .map((costs) => costs[round]!)
      .reduce(sum),
  );
  const row = (name: string, costs: readonly Cost[]): string[] => {
    const perSecond = (of: readonly Cost[]): number[] => of.map(({ ms }) => (tasks / ms) * 1000);
    const each = (value: (cost: Cost) => number): string => number(median(costs.map(value)) / tasks);
    return [
      name,
      spread(spreadOf(ratios(perSecond(costs), perSecond(all)))),
      spread(spreadOf(perSecond(costs))),
      each(({ cpuMs }) => cpuMs * 1000),
      each(({ redis }) => redis.cpuMs * 1000),
      each(({ redis }) => redis.commands),
    ];
  };
  const rows = [row("all four steps", all), ...sides.map(({ name }, i) => row(name, results[i]!))];
  return { title: "Redis: its limit, a step at a time", about: about(tasks, all.length), columns: COLUMNS, rows };
}

const sum = (a: Cost, b: Cost): Cost => ({
  ms: a.ms + b.ms,
  cpuMs: a.cpuMs + b.cpuMs,
  redis: { ...b.redis, commands: a.redis.commands + b.redis.commands, cpuMs: a.redis.cpuMs + b.redis.cpuMs },
});

const COLUMNS = ["", "ratio of speed", "per second", "CPU µs each", "Redis CPU µs each", "commands each"];

const about = (tasks: number, rounds: number): string =>
  `The bytes of ${tasks} no-op tasks, ${rounds} rounds. One client does one step for all of them, in batches of 500, each sent without ` +
  "waiting for the one before; then the next step. The raw loop and taskgen are those of the throughput: two processes that do all steps " +
  "at once. CPU is that of the processes beside Redis; commands are those within scripts too. A Redis has one thread for commands: " +
  "its CPU for each task is what no client can go below.";
