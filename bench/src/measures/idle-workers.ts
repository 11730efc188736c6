import { freemem } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { Child } from "../child/child.js";
import { Opened } from "../opened.js";
import { RedisUsage } from "../raw/redis-usage.js";
import { RedisServer } from "../redis-server.js";
import type { Memory } from "../scale/memory.js";
import { startProducer } from "../scale/start.js";
import type { Settings } from "../settings.js";
import { percentile } from "../statistics.js";
import { number, type Table } from "../table.js";

const PROCESSES = 4;
/** About what one needs: its lease has a thread. */
const WORKER_BYTES = 25 * 1024 * 1024;
/** Two heartbeats. */
const IDLE_MS = 10_000;
const SETTLES_MS = 3_000;
const LIMIT_MS = 300_000;
const CALLS = 200;
const MIB = 1024 * 1024;

/** What workers without tasks ask of a Redis, and how soon one of many has the one task that comes. */
export async function idleRedis({ folder, tasks }: Settings): Promise<Table> {
  await using opened = new Opened();
  const { url: broker } = opened.use(await RedisServer.start(folder));
  const usage = opened.use(await RedisUsage.open(broker));
  const producer = opened.use(await startProducer({ broker }));
  const crowd = new Crowd();
  for (let i = 0; i < PROCESSES; i++) {
    crowd.processes.push(
      opened.use(await Child.start(new URL("../scale/idle-workers.ts", import.meta.url), { broker })),
    );
  }
  const most = Math.min(Math.ceil(tasks / 20), Math.floor(freemem() / 2 / WORKER_BYTES));
  const rows: string[][] = [];
  for (const workers of [1, 10, 100, 1_000].filter((count) => count < most).concat(most)) {
    await crowd.grow(workers);
    await delay(SETTLES_MS);
    const { redis } = await usage.during(() => delay(IDLE_MS, {}));
    const times = await producer.ask<number[]>("oneByOne", CALLS);
    rows.push([
      ...[workers, (redis.commands / IDLE_MS) * 1000, ((redis.commands / IDLE_MS) * 1000) / workers].map(number),
      ...[(redis.cpuMs / IDLE_MS) * 100, redis.clients, (await crowd.bytes()) / MIB / workers].map(number),
      ...[0.5, 0.99].map((share) => number(percentile(times, share))),
    ]);
  }
  await crowd.end();
  return { title: "Redis: idle workers", about: ABOUT, columns: COLUMNS, rows };
}

/** Workers over some processes. */
class Crowd {
  readonly processes: Child[] = [];
  #workers = 0;

  async grow(workers: number): Promise<void> {
    for (const [i, process] of this.processes.entries()) {
      const share = (all: number): number => Math.floor((all + i) / PROCESSES);
      await process.ask("add", share(workers) - share(this.#workers), LIMIT_MS);
    }
    this.#workers = workers;
  }

  async bytes(): Promise<number> {
    const all = await Promise.all(this.processes.map((process) => process.ask<Memory>("memory")));
    return all.reduce((sum, { resident }) => sum + resident, 0);
  }

  async end(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.ask("end", undefined, LIMIT_MS)));
  }
}

const COLUMNS = [
  "workers",
  "commands per second",
  "each",
  "Redis CPU %",
  "connections",
  "MiB each",
  "`.get()` p50 ms",
  "p99 ms",
];

const ABOUT =
  `Workers on one queue, each with an app, connections and a lease of its own, in ${PROCESSES} processes, at most as many as half of the free memory holds; what they do in ` +
  `${IDLE_MS / 1000} s without a task, commands within scripts counted too; then ${CALLS} calls, one at a time. MiB are those of the ` +
  "processes, shared by their workers.";
