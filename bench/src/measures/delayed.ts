import type { Child } from "../child/child.js";
import { onAmqp, onRedis, onSqlite, type OnBroker } from "../brokers.js";
import type { Memory } from "../scale/memory.js";
import type { DelayedRun } from "../scale/producer.js";
import { startProducer, startWorker } from "../scale/start.js";
import { Opened } from "../opened.js";
import type { Settings } from "../settings.js";
import { percentile } from "../statistics.js";
import { number, type Table } from "../table.js";

const SPREAD_MS = 60_000;
const MIB = 1024 * 1024;
const LIMIT_MS = 400_000;

interface Load {
  /** As many as tasks of a round of throughput, times this. */
  readonly times: number;
  /** Slower than the broker takes them. */
  readonly sentPerMs: number;
}

/** Many tasks that wait for their time in the broker. */
const delayed =
  (onBroker: OnBroker, { times, sentPerMs }: Load) =>
  (settings: Settings): Promise<Table> =>
    onBroker(settings, async (name, broker) => {
      const n = settings.tasks * times;
      const run: DelayedRun = { n, leadMs: 2_000 + n / sentPerMs, spreadMs: SPREAD_MS };
      const row = await measured(broker, n, async (producer) => await producer.ask<number>("delayed", run, LIMIT_MS));
      return { title: `${name}: delayed tasks`, about: aboutDelayed(run), columns: COLUMNS, rows: [row] };
    });

/** Many tasks that fail, wait, and run again. */
const retries =
  (onBroker: OnBroker) =>
  (settings: Settings): Promise<Table> =>
    onBroker(settings, async (name, broker) => {
      const n = Math.ceil(settings.tasks / 4);
      const row = await measured(broker, n, async (producer) => await producer.ask<number>("retries", n, LIMIT_MS));
      return { title: `${name}: retries`, about: aboutRetries(n), columns: COLUMNS, rows: [row] };
    });

export const delayedRedis = delayed(onRedis, { times: 5, sentPerMs: 5 });
/** n.b. each of them moves through several queues. */
export const delayedAmqp = delayed(onAmqp, { times: 1, sentPerMs: 1 });
export const delayedSqlite = delayed(onSqlite, { times: 5, sentPerMs: 5 });
export const retriesRedis = retries(onRedis);
export const retriesAmqp = retries(onAmqp);
export const retriesSqlite = retries(onSqlite);

async function measured(broker: string, n: number, send: (producer: Child) => Promise<number>): Promise<string[]> {
  await using opened = new Opened();
  const worker = opened.use(await startWorker({ broker, options: { pool: "threads", threads: 1 }, waits: true }));
  const producer = opened.use(await startProducer({ broker }));
  const before = await worker.ask<Memory>("memory");
  const start = performance.now();
  const [sent, values] = await Promise.all([send(producer), worker.ask<unknown[]>("values", n, LIMIT_MS)]);
  const seconds = (performance.now() - start) / 1000;
  const { peak } = await worker.ask<Memory>("memory");
  const late = values.flat() as number[];
  return [
    `${late.length}`,
    ...[0.5, 0.99, 1].map((share) => number(percentile(late, share))),
    ...[sent / 1000, seconds].map(number),
    ...[before.resident, peak].map((bytes) => number(bytes / MIB)),
  ];
}

const COLUMNS = ["", "late p50 ms", "p99 ms", "most ms", "sent in s", "ended after s", "MiB before", "MiB at most"];

const LATE = "Late is how long after its time a task began. MiB are those of the worker process, one with one thread.";

const aboutDelayed = ({ n, leadMs }: DelayedRun): string =>
  `${n} tasks with an eta, evenly spread over ${SPREAD_MS / 1000} s that begin ${number(leadMs / 1000)} s after the first call. ${LATE}`;

const aboutRetries = (n: number): string =>
  `${n} tasks that are called at once and fail twice, each time with a back-off drawn from 0 to 1 s, then from 0 to 2 s; ` +
  `counted are their retries. ${LATE}`;
