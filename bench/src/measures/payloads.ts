import { rawAmqp } from "../amqp-pair.js";
import { AmqpServer } from "../amqp-server.js";
import { Opened } from "../opened.js";
import { Pair, type Run } from "../pair.js";
import { rawRedis } from "../redis-pair.js";
import { RedisServer } from "../redis-server.js";
import { alternate, type Side } from "../rounds.js";
import type { PayloadRun } from "../scale/payload.js";
import { startPair } from "../scale/start.js";
import type { Settings } from "../settings.js";
import { median, ratios, spreadOf } from "../statistics.js";
import { number, spread, type Table } from "../table.js";

/** Values of some size go and come back. */
export async function payloadsRedis(settings: Settings): Promise<Table> {
  await using opened = new Opened();
  const { url } = opened.use(await RedisServer.start(settings.folder));
  return await payloads(
    "Redis",
    { raw: opened.use(await rawRedis(url)), taskgen: await taskgen(url, opened) },
    settings,
  );
}

export async function payloadsAmqp(settings: Settings): Promise<Table> {
  await using opened = new Opened();
  const { url } = opened.use(await AmqpServer.start(settings.folder));
  return await payloads(
    "RabbitMQ",
    { raw: opened.use(await rawAmqp(url)), taskgen: await taskgen(url, opened) },
    settings,
  );
}

export async function payloadsSqlite(settings: Settings): Promise<Table> {
  await using opened = new Opened();
  const raw = opened.use(await Pair.raw(settings.folder));
  return await payloads(
    "SQLite",
    { raw, taskgen: await taskgen(`sqlite:${settings.folder}/taskgen.db`, opened) },
    settings,
  );
}

const taskgen = async (broker: string, opened: Opened): Promise<Pair> =>
  opened.use(await startPair({ broker, options: { pool: "threads", threads: 1 } }));

const SIZES = [
  ["1 kB", 1_000],
  ["100 kB", 100_000],
  ["1 MB", 1_000_000],
] as const;
/** Of one run, each way. */
const MOST_BYTES = 10_000_000;

interface PayloadSide extends Side<Run> {
  readonly size: PayloadRun;
}

async function payloads(
  broker: string,
  pairs: Readonly<Record<"raw" | "taskgen", Pair>>,
  { tasks, rounds }: Settings,
): Promise<Table> {
  const side = (name: string, pair: Pair, size: PayloadRun): PayloadSide => {
    const run = (n: number): Promise<Run> => pair.run("payloads", { ...size, n } satisfies PayloadRun);
    return { name, size, warmUp: () => run(Math.ceil(size.n / 4)), run: () => run(size.n) };
  };
  const sides = SIZES.flatMap(([name, bytes]) => {
    const size = { bytes, n: Math.min(Math.ceil(tasks / 4), Math.ceil(((MOST_BYTES / bytes) * tasks) / 20_000)) };
    return [
      side(`${name}, raw loop`, pairs.raw, { ...size, rich: false }),
      side(`${name}, JSON`, pairs.taskgen, { ...size, rich: false }),
      side(`${name}, superjson`, pairs.taskgen, { ...size, rich: true }),
    ];
  });
  return { ...tableOf(sides, await alternate(sides, rounds)), title: `${broker}: payloads` };
}

function tableOf(sides: readonly PayloadSide[], results: readonly (readonly Run[])[]): Omit<Table, "title"> {
  const perSecond = results.map((runs, i) => runs.map(({ ms }) => (sides[i]!.size.n / ms) * 1000));
  const rows = sides.map(({ name, size }, i) => [
    name,
    spread(spreadOf(ratios(perSecond[i]!, perSecond[i - (i % 3)]!))),
    spread(spreadOf(perSecond[i]!)),
    number((median(perSecond[i]!) * size.bytes * 2) / 1e6),
    number((median(results[i]!.map(({ cpuMs }) => cpuMs)) / size.n) * 1000),
  ]);
  const counts = [...new Set(sides.map(({ size }) => size.n))].join(", ");
  const columns = ["", "ratio of speed", "per second", "MB/s", "CPU µs each"];
  return { about: `${ABOUT} ${counts} tasks of each size, ${results[0]!.length} rounds.`, columns, rows };
}

const ABOUT =
  "A task that gives back what it is given: rows of strings, numbers and objects, or the same rows with a bigint, a Date and a Map " +
  "each. Called with `delayMany`, all results read; one producer and one worker process with one thread. The raw loop is that of the " +
  "throughput with the JSON of the same rows, each ratio to that of the same size. MB/s are those of the JSON, both ways together.";
