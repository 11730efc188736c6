import type { Child } from "../child/child.js";
import { onAmqp, onRedis, onSqlite, type OnBroker } from "../brokers.js";
import { Opened } from "../opened.js";
import { RedisUsage, type Used } from "../raw/redis-usage.js";
import { startProducer, startWorker } from "../scale/start.js";
import type { Steady } from "../scale/worker.js";
import type { Settings } from "../settings.js";
import { median, ratios, spreadOf } from "../statistics.js";
import { number, spread, type Table } from "../table.js";

const LIMIT_MS = 600_000;
/** As parts of the tasks of a round of throughput: with 20,000 of them a thousand, 100 thousand, a million. */
const PARTS = { few: 1 / 20, many: 5, most: 50 } as const;

/** Tasks run while others wait behind them, more and more. */
const backlog =
  (onBroker: OnBroker, parts: readonly number[]) =>
  (settings: Settings): Promise<Table> =>
    onBroker(settings, async (name, broker) => {
      await using opened = new Opened();
      const usage = name === "Redis" ? opened.use(await RedisUsage.open(broker)) : undefined;
      const worker = opened.use(await startWorker({ broker, options: { pool: "threads", threads: 1 }, waits: true }));
      const queue = new Backlog({ producer: opened.use(await startProducer({ broker })), worker, usage });
      const n = Math.ceil(settings.tasks / 4);
      await queue.run(1, n);
      const levels = [1, ...parts.map((part) => Math.ceil(settings.tasks * part))];
      const costs = [];
      for (const level of levels) costs.push(await queue.rounds(level, n, settings.rounds.count));
      return tableOf(name, { levels, costs, n });
    });

const { few, many, most } = PARTS;
export const backlogRedis = backlog(onRedis, [few, many, most]);
export const backlogAmqp = backlog(onAmqp, [few, many]);
export const backlogSqlite = backlog(onSqlite, [few, many, most]);

type Cost = Steady & Partial<Used<Steady>>;

interface Parts {
  readonly producer: Child;
  readonly worker: Child;
  readonly usage: RedisUsage | undefined;
}

/** A queue, and how many tasks wait in it. */
class Backlog {
  readonly #parts: Parts;
  #waiting = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async rounds(level: number, n: number, count: number): Promise<Cost[]> {
    const costs: Cost[] = [];
    for (let i = 0; i < count; i++) costs.push(await this.run(level, n));
    return costs;
  }

  /** Has `n` tasks run with `level` others behind them, or a few more. */
  async run(level: number, n: number): Promise<Cost> {
    const { producer, worker, usage } = this.#parts;
    // n.b. twice as many: those before the ones that are counted, and those that the worker takes before it ends
    const missing = level + 2 * n - this.#waiting;
    if (missing > 0) await producer.ask("fill", missing, LIMIT_MS);
    this.#waiting += Math.max(0, missing);
    const run = (): Promise<Steady> => worker.ask<Steady>("steady", n, LIMIT_MS);
    const cost = usage === undefined ? await run() : await usage.during(run);
    this.#waiting -= cost.ended;
    return cost;
  }
}

interface Levels {
  readonly levels: readonly number[];
  readonly costs: readonly (readonly Cost[])[];
  readonly n: number;
}

function tableOf(name: string, { levels, costs, n }: Levels): Table {
  const perSecond = costs.map((level) => level.map(({ ms }) => (n / ms) * 1000));
  const cpu = costs.map((level) => level.map(({ cpuMs }) => (cpuMs / n) * 1000));
  const columns = ["waiting", "ratio of speed", "per second", "ratio of CPU", "CPU µs each"];
  const rows = levels.map((level, i) => [
    number(level).replace(/\.0+$/, ""),
    spread(spreadOf(ratios(perSecond[i]!, perSecond[0]!))),
    spread(spreadOf(perSecond[i]!)),
    spread(spreadOf(ratios(cpu[i]!, cpu[0]!))),
    number(median(cpu[i]!)),
    ...redisOf(costs[i]!),
  ]);
  const more = rows[0]!.length > columns.length ? ["Redis CPU µs each", "commands each"] : [];
  return {
    title: `${name}: tasks that wait behind`,
    about: about(n, costs[0]!.length),
    columns: [...columns, ...more],
    rows,
  };
}

function redisOf(costs: readonly Cost[]): string[] {
  const values = costs.flatMap(({ redis, ended }) => (redis === undefined ? [] : [{ ...redis, ended }]));
  if (values.length === 0) return [];
  const each = (of: (value: (typeof values)[number]) => number): string => number(median(values.map(of)));
  return [each(({ cpuMs, ended }) => (cpuMs / ended) * 1000), each(({ commands, ended }) => commands / ended)];
}

const about = (n: number, rounds: number): string =>
  `${n} no-op tasks run, their results stored, while at least so many others wait behind them; ${rounds} rounds for each number, one ` +
  "number after the other, so that ratios are to another minute. One worker process with one thread, whose CPU it is.";
