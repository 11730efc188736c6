import type { Pair } from "./pair.js";
import { alternate, type Rounds } from "./rounds.js";
import { percentile, ratios, spreadOf } from "./statistics.js";
import { number, spread, type Table } from "./table.js";

/** A side of a comparison by the time that one awaited call takes. */
export interface LatencySide {
  readonly name: string;
  readonly pair: Pair;
}

/** n.b. of a process that has just begun most is not compiled yet, which is not how those that call live. */
const CALLS = 10_000;
const COLUMNS = ["", "ratio of p50", "p50 ms", "p95 ms", "p99 ms"];

/** Calls one at a time, the sides in turn; says how long each takes, as a ratio to the first. */
export async function compareLatency(
  about: Pick<Table, "title" | "about">,
  pairs: readonly LatencySide[],
  rounds: Rounds,
): Promise<Table> {
  const calls = Math.ceil(CALLS / rounds.count);
  const sides = pairs.map(({ name, pair }) => {
    const run = (): Promise<number[]> => pair.ask<number[]>("oneByOne", calls);
    return { name, warmUp: run, run };
  });
  const results = await alternate(sides, rounds);
  const rows = sides.map(({ name }, i) => [name, ...row(results[i]!, results[0]!)]);
  return { title: about.title, about: `${heading(results[0]!)} ${about.about}`, columns: COLUMNS, rows };
}

function row(rounds: readonly number[][], base: readonly number[][]): string[] {
  const p50 = (times: readonly number[]): number => percentile(times, 0.5);
  const all = rounds.flat();
  return [
    spread(spreadOf(ratios(rounds.map(p50), base.map(p50)))),
    ...[0.5, 0.95, 0.99].map((share) => number(percentile(all, share))),
  ];
}

const heading = (rounds: readonly number[][]): string =>
  `${rounds.flat().length} times \`await add.delay(x, y).get()\`, in ${rounds.length} rounds; one producer and one worker process.`;
