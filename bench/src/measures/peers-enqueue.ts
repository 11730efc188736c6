import { AmqpServer } from "../amqp-server.js";
import { Child } from "../child/child.js";
import { Opened } from "../opened.js";
import { Pair } from "../pair.js";
import { compareWithPeers } from "../peers/against.js";
import { celery, celeryVersion, ofCelery, type CelerySettings } from "../peers/celery/celery.js";
import { MeteredRedis } from "../peers/metered-redis.js";
import { withVersion } from "../peers/packages.js";
import { redisPeer } from "../peers/redis-peers.js";
import { speeds, speedSide, type SpeedPeer } from "../peers/speed.js";
import type { Rounds } from "../rounds.js";
import type { Settings } from "../settings.js";
import type { Table } from "../table.js";
import type { ProducerSettings } from "../taskgen/producer.js";

/** A way to enqueue: how it is asked for, what it is called, the share of `tasks` in a run. */
interface Way {
  readonly command: string;
  readonly title: string;
  readonly share: number;
  /** What it is called by the others. */
  readonly names: Readonly<Record<"taskgen" | "BullMQ" | "bee-queue", string>>;
}

const WAYS = [
  {
    command: "sendMany",
    title: "many at once",
    share: 1,
    names: { taskgen: "`delayMany`", BullMQ: "`addBulk` of 500", "bee-queue": "`saveAll` of 500" },
  },
  {
    command: "sendTogether",
    title: "500 at a time, each for itself",
    share: 0.5,
    names: { taskgen: "`delay`", BullMQ: "`add`", "bee-queue": "`save`" },
  },
  {
    command: "sendOneByOne",
    title: "one awaited after the other",
    share: 0.1,
    names: { taskgen: "`await delay`", BullMQ: "`await add`", "bee-queue": "`await save`" },
  },
] as const satisfies readonly Way[];

export async function enqueueRedisPeers({ folder, tasks, rounds }: Settings): Promise<Table[]> {
  await using opened = new Opened();
  const { url } = await MeteredRedis.start(opened, folder);
  const pairs = {
    taskgen: opened.use(await taskgen(url)),
    BullMQ: opened.use(await redisPeer("BullMQ", { url })),
    "bee-queue": opened.use(await redisPeer("bee-queue", { url })),
  };
  const python = await celeryAlone(opened, { broker: url, results: url, folder });
  const about = `${ABOUT} ${withVersion("BullMQ", "bullmq")}, ${withVersion("bee-queue", "bee-queue")}. ${ofCelery(CELERY)}`;
  return await tables({ broker: "Redis", about, pairs, python }, tasks, rounds);
}

export async function enqueueAmqpPeers({ folder, tasks, rounds }: Settings): Promise<Table[]> {
  await using opened = new Opened();
  const { url } = opened.use(await AmqpServer.start(folder));
  const pairs = { taskgen: opened.use(await taskgen(url)) };
  const python = await celeryAlone(opened, { broker: url, results: "rpc://", folder, confirms: true });
  const about = `${ABOUT} taskgen has a quorum queue and waits for confirms. ${ofCelery(`${CELERY} It has a classic durable queue and waits for confirms, which is not its default.`)}`;
  return await tables({ broker: "RabbitMQ", about, pairs, python }, tasks, rounds);
}

interface Compared {
  readonly broker: string;
  readonly about: string;
  readonly pairs: { readonly taskgen: Pair } & Partial<Readonly<Record<keyof Way["names"], Pair>>>;
  readonly python: Pair | undefined;
}

/** A table for each way: they are compared with their own kind. */
async function tables({ broker, about, pairs, python }: Compared, tasks: number, rounds: Rounds): Promise<Table[]> {
  const written: Table[] = [];
  for (const { command, title, share, names } of WAYS) {
    const work = { command, n: Math.ceil(tasks * share) };
    const side = (peer: keyof typeof names): SpeedPeer[] => {
      const pair = pairs[peer];
      return pair === undefined ? [] : [speedSide({ name: `${peer}, ${names[peer]}`, pair }, work)];
    };
    const sides = {
      ours: side("taskgen"),
      others: [...side("BullMQ"), ...side("bee-queue"), ...celerySide(python, tasks)],
    };
    const reading = speeds([...sides.ours, ...sides.others]);
    written.push(await compareWithPeers({ title: `${broker}: enqueue, ${title}`, about }, sides, { reading, rounds }));
  }
  return written;
}

/** Celery enqueues in one way, which stands beside all of the others'. */
const celerySide = (pair: Pair | undefined, tasks: number): SpeedPeer[] =>
  pair === undefined
    ? []
    : [speedSide({ name: "Celery, `delay`", pair }, { command: "sendOneByOne", n: Math.ceil(tasks * 0.1) })];

const taskgen = async (broker: string): Promise<Pair> => {
  const module = new URL("../taskgen/producer.ts", import.meta.url);
  return new Pair(await Child.start(module, { broker, prefix: "alone" } satisfies ProducerSettings));
};

const celeryAlone = async (opened: Opened, settings: CelerySettings): Promise<Pair | undefined> =>
  celeryVersion() === undefined ? undefined : opened.use(await celery(settings));

const ABOUT = "No worker; what counts is the time until the broker has all of them.";
const CELERY = "it enqueues one after the other, whatever it is asked for, so its one way stands in each table.";
