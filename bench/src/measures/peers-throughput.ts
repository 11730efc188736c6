import { join } from "node:path";
import { taskgenOnAmqp } from "../amqp-pair.js";
import { AmqpServer } from "../amqp-server.js";
import { Opened } from "../opened.js";
import { Pair } from "../pair.js";
import { compareWithPeers } from "../peers/against.js";
import { celeryCandidates, ofCelery, type CelerySettings } from "../peers/celery/celery.js";
import { MeteredRedis } from "../peers/metered-redis.js";
import { ours } from "../peers/ours.js";
import { withVersion } from "../peers/packages.js";
import type { PlainSettings } from "../peers/plainjob/plainjob.js";
import { redisCandidates } from "../peers/redis-peers.js";
import { fastest, speeds, speedSide, type SpeedPeer, type Work } from "../peers/speed.js";
import { TalliedPair } from "../peers/tallied-pair.js";
import { taskgenOnRedis } from "../redis-pair.js";
import type { Rounds } from "../rounds.js";
import type { Settings } from "../settings.js";
import type { Table } from "../table.js";
import type { WorkerSettings } from "../taskgen/worker.js";

const CONCURRENCIES = [10, 50, 100];
/** Tasks of a run, by what is usual: fast sides run more of them, slow ones fewer. */
const FAST = 2.5;
const SLOW = 0.1;

/** Twice: until the caller knows all results, and until the worker has stored them. */
export async function throughputRedisPeers(settings: Settings): Promise<Table[]> {
  return [await redisTable(settings, TOLD), await redisTable(settings, STORED)];
}

/** When a run on Redis ends. */
interface End {
  readonly command: "many" | "stored";
  readonly title: string;
  readonly about: string;
  readonly open: (broker: string) => Parameters<typeof ours>[1];
}

async function redisTable({ folder, tasks, rounds }: Settings, { command, title, about, open }: End): Promise<Table> {
  await using opened = new Opened();
  const { url, cpuMs: brokerCpuMs } = await MeteredRedis.start(opened, folder);
  const own = await ours(opened, open(url));
  const work = (share: number, bar?: string): Work => {
    return { command, n: Math.ceil(tasks * share), brokerCpuMs, ...(bar && { bar }) };
  };
  const events = command === "many" ? { events: "queue" as const } : {};
  const atBest = (name: Parameters<typeof redisCandidates>[0], work: Work): Promise<SpeedPeer> =>
    fastest(opened, redisCandidates(name, CONCURRENCIES, { url, ...events }), work);
  const settings = { broker: url, results: url, folder };
  const sides = {
    ours: own.map((side) => speedSide(side, work(FAST))),
    others: [
      await atBest("BullMQ", work(1, "≥ 8")),
      await atBest("bee-queue", work(FAST, "≥ 3")),
      ...(command === "many" ? await celeryAtBest(opened, settings, work(SLOW, "≥ 30")) : []),
    ],
  };
  return await compare(
    { title, about: `${about} ${aboutRedis()}${command === "many" ? ` ${ofCelery(CELERY)}` : ""}` },
    sides,
    { rounds, broker: "Redis" },
  );
}

export async function throughputAmqpPeers({ folder, tasks, rounds }: Settings): Promise<Table> {
  await using opened = new Opened();
  const { url } = opened.use(await AmqpServer.start(folder));
  const own = await ours(opened, (prefix, pool) => taskgenOnAmqp(url, prefix, pool));
  const settings = { broker: url, results: "rpc://", folder };
  const slow = { command: "many", n: Math.ceil(tasks * SLOW) };
  const sides = {
    ours: own.map((side) => speedSide(side, { command: "many", n: tasks })),
    others: [
      ...(await celeryAtBest(opened, { ...settings, confirms: true }, slow)),
      ...(await celeryAtBest(opened, settings, slow)),
    ],
  };
  return await compare({ title: "RabbitMQ: throughput beside Celery", about: aboutAmqp() }, sides, { rounds });
}

export async function throughputSqlitePeers({ folder, tasks, rounds }: Settings): Promise<Table> {
  await using opened = new Opened();
  const work: Work = { command: "many", n: Math.ceil(tasks * FAST) };
  const own = await ours(opened, (prefix, pool) => Pair.taskgen(folder, prefix, pool));
  const settings: PlainSettings = { path: join(folder, "plainjob.db") };
  const pair = opened.use(await TalliedPair.start("plainjob", settings, settings));
  const sides = {
    ours: own.map((side) => speedSide(side, work)),
    others: [speedSide({ name: "plainjob", pair }, { ...work, command: "stored" })],
  };
  return await compare({ title: "SQLite: throughput beside plainjob", about: aboutSqlite() }, sides, { rounds });
}

async function celeryAtBest(opened: Opened, settings: CelerySettings, work: Work): Promise<SpeedPeer[]> {
  const candidates = celeryCandidates(settings);
  return candidates.length === 0 ? [] : [await fastest(opened, candidates, work)];
}

const compare = (
  about: Pick<Table, "title" | "about">,
  sides: { readonly ours: readonly SpeedPeer[]; readonly others: readonly SpeedPeer[] },
  { rounds, broker }: { readonly rounds: Rounds; readonly broker?: string },
): Promise<Table> =>
  compareWithPeers(about, sides, { reading: speeds([...sides.ours, ...sides.others], broker), rounds });

const TASKS = "No-op tasks `add(x, y)`, one producer and one worker process, nothing logged.";
const OURS = `${TASKS} taskgen's are called with one \`delayMany\`. A run ends when the caller has all results and has compared them.`;

const TOLD: End = {
  command: "many",
  title: "Redis: throughput beside others, results told",
  about:
    `${OURS} Callers of BullMQ are told by \`QueueEvents\`, those of bee-queue by its event \`job succeeded\`; what they are told is counted and summed up, ` +
    "which jobs they were is not looked at.",
  open: (broker) => (prefix, pool) => taskgenOnRedis(broker, prefix, pool),
};

const STORED: End = {
  command: "stored",
  title: "Redis: throughput beside others, results stored",
  about:
    `${TASKS} Callers send and are told nothing. A run ends when the measuring process knows that the worker has stored the last result: ` +
    "each worker counts its own events of ended tasks.",
  open: (broker) => (prefix, pool) =>
    TalliedPair.start("taskgen", { broker, prefix }, { broker, prefix, pool } satisfies WorkerSettings),
};

const aboutRedis = (): string =>
  "One private Redis for all, whose append-only file is synced every second; the last column but those of ratios is what it used itself. " +
  `${withVersion("BullMQ", "bullmq")}: \`addBulk\` of 500; completed jobs are kept with their results, as by default. ` +
  `${withVersion("bee-queue", "bee-queue")}: \`saveAll\` of 500, its documented settings for producers and workers; succeeded jobs are kept, ` +
  "what they came to it never stores. Of both the fastest of 10, 50 and 100 at once; they run jobs in the worker's main thread, as `inline` does.";

const CELERY =
  "the fastest of its pools solo, threads (10) and prefork (one process for each processor); `delay` for each and `ResultSet.get()`.";

const aboutAmqp = (): string =>
  `${OURS} One private RabbitMQ for both. taskgen's messages go through a quorum queue with confirms, and are acknowledged when the ` +
  "task has run and its reply is confirmed. " +
  ofCelery(
    "a classic durable queue, messages acknowledged before they run, results through `rpc://`, and where it does not say so no confirms: all as " +
      "by default, and it promises less. The fastest of its pools solo, threads (10) and prefork; `delay` for each and `ResultSet.get()`.",
  );

const aboutSqlite = (): string =>
  `${OURS} Each has its own database, WAL, synchronous=NORMAL. ${withVersion("plainjob", "plainjob")} over ` +
  `${withVersion("better-sqlite3", "better-sqlite3")}: \`addMany\` of 500; it runs one job at a time in the worker's main thread and stores no ` +
  "results, so a run ends when the last job is marked as done; its worker looks for jobs every 5 ms when there are none, not every second.";
