import { compareSpeed, type SpeedSide } from "../comparison.js";
import { Opened } from "../opened.js";
import { Pair } from "../pair.js";
import type { Settings } from "../settings.js";
import type { Table } from "../table.js";

/** Calls without a worker: how fast the broker has them. */
export async function enqueueSqlite({ folder, tasks, rounds }: Settings): Promise<Table> {
  await using pairs = new Opened();
  const raw = pairs.use(await Pair.raw(folder, { worker: false }));
  const taskgen = pairs.use(await Pair.taskgen(folder, "enqueue"));
  const side = (name: string, pair: Pair, [command, n]: readonly [string, number]): SpeedSide => ({
    name,
    n,
    warmUp: () => pair.run(command, Math.ceil(n / 10)),
    run: () => pair.run(command, n),
  });
  const half = Math.ceil(tasks / 2);
  const sides = [
    side("raw, transactions of 500", raw, ["sendMany", half]),
    side("`delayMany`", taskgen, ["sendMany", half]),
    side("`Promise.all` of 500 `delay`", taskgen, ["sendTogether", half]),
    side("raw, one by one", raw, ["sendOneByOne", Math.ceil(tasks / 20)]),
    side("`await delay` one by one", taskgen, ["sendOneByOne", Math.ceil(tasks / 20)]),
  ];
  return await compareSpeed({ title: "SQLite: enqueue only", about: ABOUT }, sides, rounds);
}

const ABOUT = "No worker. All ratios are to raw transactions of 500; compare one by one with one by one.";
