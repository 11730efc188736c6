import { join } from "node:path";
import type { WorkerOptions } from "@taskgen/worker";
import { Opened } from "../opened.js";
import type { Pair } from "../pair.js";
import { alternate, type Side } from "../rounds.js";
import type { Busy, BusyRun } from "../scale/producer.js";
import { startPair } from "../scale/start.js";
import type { Settings } from "../settings.js";
import { percentile, ratios, spreadOf } from "../statistics.js";
import { number, spread, type Table } from "../table.js";

const TASK_MS = 20;

/** Tasks that compute, and others that come meanwhile. */
export async function cpuBound({ folder, tasks, rounds }: Settings): Promise<Table> {
  await using opened = new Opened();
  const turns = turnsIn(TASK_MS);
  const n = Math.ceil(tasks / 200);
  const side = async (
    name: string,
    options: Pick<WorkerOptions, "pool" | "threads" | "processes">,
  ): Promise<Side<Busy>> => {
    const broker = `sqlite:${join(folder, `${name.replaceAll(" ", "-")}.db`)}`;
    const pair: Pair = await startPair({ broker, options: { ...options, queues: ["default", "short"] } });
    opened.use(pair);
    const run = (count: number): Promise<Busy> => pair.ask("busy", { n: count, turns } satisfies BusyRun);
    return { name, warmUp: () => run(Math.ceil(n / 5)), run: () => run(n) };
  };
  const sides = [
    await side("inline", { pool: "inline" }),
    await side("1 thread", { pool: "threads", threads: 1 }),
    await side("2 threads", { pool: "threads", threads: 2 }),
    await side("2 processes", { pool: "processes", processes: 2 }),
  ];
  const results = await alternate(sides, rounds);
  const perSecond = results.map((runs) => runs.map(({ ms }) => (n / ms) * 1000));
  const rows = sides.map(({ name }, i) => {
    const short = results[i]!.flatMap((run) => run.short);
    return [
      name,
      spread(spreadOf(ratios(perSecond[i]!, perSecond[0]!))),
      spread(spreadOf(perSecond[i]!)),
      `${short.length}`,
      ...[0.5, 0.99, 1].map((share) => number(percentile(short, share))),
    ];
  });
  return { title: "Tasks that compute", about: about(n, perSecond[0]!.length), columns: COLUMNS, rows };
}

/** How often the loop of `burn` turns in so many milliseconds here, in the quickest of some tries. */
function turnsIn(ms: number): number {
  const turns = 2_000_000;
  const times = Array.from({ length: 20 }, () => {
    const start = performance.now();
    let x = 1;
    for (let i = 0; i < turns; i++) x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0;
    return x === 0 ? Infinity : performance.now() - start;
  });
  return Math.round((turns * ms) / Math.min(...times));
}

const COLUMNS = ["", "ratio of speed", "per second", "short calls", "`.get()` p50 ms", "p99 ms", "most ms"];

const about = (n: number, rounds: number): string =>
  `${n} tasks that compute for about ${TASK_MS} ms each without giving way, on SQLite, called with \`delayMany\`; meanwhile short ones, on a ` +
  `queue of their own of the same worker, one at a time. ${rounds} rounds; one producer and one worker process.`;
