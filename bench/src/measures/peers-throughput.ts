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

const CONCURRENCIES = [10, 50, 100];
/** Tasks of a run, by what is usual: fast sides run more of them, slow ones fewer. */
const FAST = 2.5;
const SLOW = 0.1;

export async function throughputRedisPeers({ folder, tasks, rounds }: Settings): Promise<Table> {
  await using opened = new Opened();
  const { url, cpuMs: brokerCpuMs } = await MeteredRedis.start(opened, folder);
  const own = await ours(opened, (prefix, pool) => taskgenOnRedis(url, prefix, pool));
  const [fast, slow] = [Math.ceil(tasks * FAST), Math.ceil(tasks * SLOW)];
  const atBest = (name: Parameters<typeof redisCandidates>[0], work: Omit<Work, "command">): Promise<SpeedPeer> =>
    fastest(opened, redisCandidates(name, CONCURRENCIES, { url }), { command: "many", ...work });
  const sides = {
    ours: own.map((side) => speedSide(side, { command: "many", n: fast, brokerCpuMs })),
    others: [
      await atBest("BullMQ", { n: tasks, bar: "≥ 8", brokerCpuMs }),
      await atBest("bee-queue", { n: fast, bar: "≥ 3", brokerCpuMs }),
      ...(await celeryAtBest(opened, { broker: url, results: url, folder }, { n: slow, bar: "≥ 30", brokerCpuMs })),
    ],
  };
  return await compare({ title: "Redis: throughput beside others", about: aboutRedis() }, sides, {
    rounds,
    broker: "Redis",
  });
}

export async function throughputAmqpPeers({ folder, tasks, rounds }: Settings): Promise<Table> {
  await using opened = new Opened();
  const { url } = opened.use(await AmqpServer.start(folder));
  const own = await ours(opened, (prefix, pool) => taskgenOnAmqp(url, prefix, pool));
  const settings = { broker: url, results: "rpc://", folder };
  const slow = { n: Math.ceil(tasks * SLOW) };
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
    others: [speedSide({ name: "plainjob", pair }, work)],
  };
  return await compare({ title: "SQLite: throughput beside plainjob", about: aboutSqlite() }, sides, { rounds });
}

async function celeryAtBest(
  opened: Opened,
  settings: CelerySettings,
  work: Omit<Work, "command">,
): Promise<SpeedPeer[]> {
  const candidates = celeryCandidates(settings);
  return candidates.length === 0 ? [] : [await fastest(opened, candidates, { command: "many", ...work })];
}

const compare = (
  about: Pick<Table, "title" | "about">,
  sides: { readonly ours: readonly SpeedPeer[]; readonly others: readonly SpeedPeer[] },
  { rounds, broker }: { readonly rounds: Rounds; readonly broker?: string },
): Promise<Table> =>
  compareWithPeers(about, sides, { reading: speeds([...sides.ours, ...sides.others], broker), rounds });

const OURS =
  "No-op tasks `add(x, y)`, one producer and one worker process, nothing logged. taskgen's are called with one `delayMany`; a run ends when " +
  "the caller has all results and has compared them.";

const OTHERS =
  "Of the next two it ends when the measuring process knows from the worker that the last result is stored: nobody is told " +
  "single results, which costs them less. They run their jobs in the worker's main thread, as `inline` does.";

const aboutRedis = (): string =>
  `${OURS} One private Redis for all, whose append-only file is synced every second. ${OTHERS} ` +
  `${withVersion("BullMQ", "bullmq")}: \`addBulk\` of 500; completed jobs are kept with their results, as by default. ` +
  `${withVersion("bee-queue", "bee-queue")}: \`saveAll\` of 500, its documented settings for producers and workers; succeeded jobs are kept, ` +
  "what they came to it never stores. Of both the fastest of 10, 50 and 100 at once. " +
  ofCelery(
    "the fastest of its pools solo, threads (10) and prefork (one process for each processor); `delay` for each and `ResultSet.get()`, so it " +
      "ends as taskgen does.",
  );

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
