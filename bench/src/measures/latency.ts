import { Opened } from "../opened.js";
import { Pair } from "../pair.js";
import { alternate, type Side } from "../rounds.js";
import type { Settings } from "../settings.js";
import { percentile, ratios, spreadOf } from "../statistics.js";
import { number, spread, type Table } from "../table.js";

const CALLS = 2_000;

/** One awaited call after the other: two processes and a database. */
export async function latencySqlite({ folder, rounds }: Settings): Promise<Table> {
  await using pairs = new Opened();
  const calls = Math.ceil(CALLS / rounds.count);
  const side = async (name: string, open: Promise<Pair>): Promise<Side<number[]>> => {
    const pair = pairs.use(await open);
    const run = (): Promise<number[]> => pair.ask<number[]>("oneByOne", calls);
    return { name, warmUp: run, run };
  };
  const sides = [
    await side("raw echo", Pair.raw(folder)),
    await side("inline", Pair.taskgen(folder, "inline-get", { pool: "inline" })),
    await side("1 thread", Pair.taskgen(folder, "thread-get", { pool: "threads", threads: 1 })),
  ];
  const results = await alternate(sides, rounds);
  const rows = sides.map(({ name }, i) => [name, ...row(results[i]!, results[0]!)]);
  return { title: "SQLite: `.get()` one at a time", about: about(results[0]!), columns: COLUMNS, rows };
}

const COLUMNS = ["", "ratio of p50", "p50 ms", "p95 ms", "p99 ms"];

function row(rounds: readonly number[][], base: readonly number[][]): string[] {
  const p50 = (times: readonly number[]): number => percentile(times, 0.5);
  const all = rounds.flat();
  return [
    spread(spreadOf(ratios(rounds.map(p50), base.map(p50)))),
    ...[0.5, 0.95, 0.99].map((share) => number(percentile(all, share))),
  ];
}

const about = (rounds: readonly number[][]): string =>
  `${rounds.flat().length} times \`await add.delay(x, y).get()\`, in ${rounds.length} rounds; one producer and one worker process. ` +
  "The raw echo is the same loop over SQLite as above with batches of one, woken in the same way, by `fs.watch` on a touched file.";
