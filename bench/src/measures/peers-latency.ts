import { rawAmqp, taskgenOnAmqp } from "../amqp-pair.js";
import { AmqpServer } from "../amqp-server.js";
import { Opened } from "../opened.js";
import { compareWithPeers } from "../peers/against.js";
import type { Candidate, NamedPair } from "../peers/best.js";
import { celeryCandidates, ofCelery } from "../peers/celery/celery.js";
import { latencies, latencySide, quickest, type LatencyPeer, type Waiting } from "../peers/latencies.js";
import { MeteredRedis } from "../peers/metered-redis.js";
import { ours } from "../peers/ours.js";
import { withVersion } from "../peers/packages.js";
import { redisCandidates } from "../peers/redis-peers.js";
import { rawRedis, taskgenOnRedis } from "../redis-pair.js";
import type { Rounds } from "../rounds.js";
import type { Settings } from "../settings.js";
import { number, type Table } from "../table.js";

/** Calls of all rounds together, of each side. n.b. one at a time enough that what runs is compiled. */
const CALLS = { one: 10_000, inFlight: 2_000 };

/** A peer, and how taskgen must do beside it when calls are made one at a time. */
interface Peer {
  readonly candidates: readonly Candidate[];
  readonly bar?: string;
}

interface Compared {
  readonly broker: string;
  readonly about: string;
  readonly own: readonly NamedPair[];
  readonly raw: NamedPair;
  readonly peers: (concurrencies: readonly number[]) => readonly Peer[];
}

export async function latencyRedisPeers({ folder, rounds }: Settings): Promise<Table[]> {
  await using opened = new Opened();
  const { url } = await MeteredRedis.start(opened, folder);
  const peers = (concurrencies: readonly number[]): Peer[] => [
    { candidates: redisCandidates("BullMQ", concurrencies, { url, events: "job" }), bar: "≤ 0.4" },
    { candidates: redisCandidates("bee-queue", concurrencies, { url, events: "job" }), bar: "≤ 1" },
    { candidates: celeryCandidates({ broker: url, results: url, folder }) },
  ];
  const own = await ours(opened, (prefix, pool) => taskgenOnRedis(url, prefix, pool));
  const raw = { name: "raw echo", pair: opened.use(await rawRedis(url)) };
  return await bothTables(opened, { broker: "Redis", about: aboutRedis(), own, raw, peers }, rounds);
}

export async function latencyAmqpPeers({ folder, rounds }: Settings): Promise<Table[]> {
  await using opened = new Opened();
  const { url } = opened.use(await AmqpServer.start(folder));
  const settings = { broker: url, results: "rpc://", folder };
  const peers = () => [true, false].map((confirms) => ({ candidates: celeryCandidates({ ...settings, confirms }) }));
  const own = await ours(opened, (prefix, pool) => taskgenOnAmqp(url, prefix, pool));
  const raw = { name: "raw echo", pair: opened.use(await rawAmqp(url)) };
  const compared = { broker: "RabbitMQ", about: aboutAmqp(), own, raw, peers };
  return await bothTables(opened, compared, rounds);
}

/** One call at a time, and 100 in flight, which the raw echo cannot do. */
async function bothTables(opened: Opened, compared: Compared, rounds: Rounds): Promise<Table[]> {
  const one = { command: "oneByOne", calls: Math.ceil(CALLS.one / rounds.count) };
  const many = { command: "inFlight", calls: Math.ceil(CALLS.inFlight / rounds.count) };
  const onePeers = [latencySide(compared.raw, one), ...(await atBest(opened, compared.peers([1, 50]), one))];
  const first = await compare(compared, { title: "`.get()` one at a time", waiting: one, others: onePeers }, rounds);
  const manyPeers = await atBest(opened, compared.peers([50, 100]).map(withoutBar), many);
  const second = { title: "`.get()` with 100 in flight", waiting: many, others: manyPeers };
  return [first, await compare(compared, second, rounds)];
}

const withoutBar = ({ candidates }: Peer): Peer => ({ candidates });

async function atBest(opened: Opened, peers: readonly Peer[], waiting: Waiting): Promise<LatencyPeer[]> {
  const sides: LatencyPeer[] = [];
  for (const { candidates, bar } of peers) {
    if (candidates.length > 0) sides.push(await quickest(opened, candidates, { ...waiting, ...(bar && { bar }) }));
  }
  return sides;
}

function compare(
  { broker, about, own }: Compared,
  { title, waiting, others }: { title: string; waiting: Waiting; others: readonly LatencyPeer[] },
  rounds: Rounds,
): Promise<Table> {
  const heading = {
    title: `${broker}: ${title}, beside others`,
    about: `${number(waiting.calls)} in a round. ${about}`,
  };
  const sides = { ours: own.map((side) => latencySide(side, waiting)), others };
  return compareWithPeers(heading, sides, { reading: latencies(waiting.calls), rounds });
}

const OURS =
  "`await add.delay(x, y).get()`; one producer and one worker process, connections that last. What counts is the time until the caller has the value.";

const aboutRedis = (): string =>
  `${OURS} One private Redis for all. ${withVersion("BullMQ", "bullmq")}: \`add\` and \`waitUntilFinished\` with one \`QueueEvents\`. ` +
  `${withVersion("bee-queue", "bee-queue")}: \`save\` and the job's event \`succeeded\`, which it loses now and then: after two seconds the call ` +
  "counts as not answered. Of both the best concurrency of two. The raw echo is LPUSH and BLPOP on two lists; it stores no result and owns no message. " +
  ofCelery("`delay` and `.get()`, the best of its pools solo, threads (10) and prefork.");

const aboutAmqp = (): string =>
  `${OURS} One private RabbitMQ for all. The raw echo goes through a quorum queue and a durable reply queue with confirms, as taskgen does. ` +
  ofCelery(
    "`delay` and `.get()` through a classic queue and `rpc://`, without confirms where it does not say so, as by default; the best of its pools solo, threads (10) and prefork.",
  );
