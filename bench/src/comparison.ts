import type { Run } from "./pair.js";
import { alternate, type Rounds, type Side } from "./rounds.js";
import { median, ratios, spreadOf } from "./statistics.js";
import { number, spread, type Table } from "./table.js";

/** A side of a comparison by speed. */
export interface SpeedSide extends Side<Run> {
  /** How many operations one run is. */
  readonly n: number;
}

/** Runs the sides in turn; says how fast each is, as a ratio to the first. */
export async function compareSpeed(
  about: Pick<Table, "title" | "about">,
  sides: readonly SpeedSide[],
  rounds: Rounds,
): Promise<Table> {
  const results = await alternate(sides, rounds);
  const perSecond = results.map((runs, i) => runs.map(({ ms }) => (sides[i]!.n / ms) * 1000));
  const cpuMicros = results.map((runs, i) => runs.map(({ cpuMs }) => (cpuMs / sides[i]!.n) * 1000));
  const rows = sides.map(({ name }, i) => [
    name,
    spread(spreadOf(ratios(perSecond[i]!, perSecond[0]!))),
    spread(spreadOf(perSecond[i]!)),
    number(median(cpuMicros[i]!)),
  ]);
  const heading = `${about.about} ${results[0]!.length} rounds.`;
  return { title: about.title, about: heading, columns: ["", "ratio of speed", "per second", "CPU µs each"], rows };
}
