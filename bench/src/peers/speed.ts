import type { Opened } from "../opened.js";
import type { Run } from "../pair.js";
import { median, spreadOf } from "../statistics.js";
import { number, spread } from "../table.js";
import type { PeerSide, Reading } from "./against.js";
import { best, type Candidate, type NamedPair } from "./best.js";

/** A side by how many it does in a second. */
export interface SpeedPeer extends PeerSide<Run> {
  /** How many operations one run is. */
  readonly n: number;
}

/** What a side does, and how often. */
export interface Work {
  readonly command: string;
  readonly n: number;
  readonly bar?: string;
}

/** Warms up with a quarter of a run. */
export function speedSide({ name, pair }: NamedPair, { command, n, bar }: Work): SpeedPeer {
  const warmUp = (): Promise<Run> => pair.run(command, Math.ceil(n / 4));
  return { name, n, warmUp, run: () => pair.run(command, n), ...(bar && { bar }) };
}

/** Of several ways to run a peer the fastest, by trials of an eighth of a run. */
export async function fastest(opened: Opened, candidates: readonly Candidate[], work: Work): Promise<SpeedPeer> {
  const cost = async (pair: NamedPair["pair"]): Promise<number> =>
    (await pair.run(work.command, Math.ceil(work.n / 8))).ms;
  return speedSide(await best(opened, candidates, cost), work);
}

/** The number to compare is how many there are in a second. */
export function speeds(sides: readonly SpeedPeer[]): Reading<Run> {
  const perSecond = ({ ms }: Run, side: number): number => (sides[side]!.n / ms) * 1000;
  return {
    columns: ["a run", "per second", "CPU µs each"],
    value: perSecond,
    cells: (runs, side) => [
      number(sides[side]!.n),
      spread(spreadOf(runs.map((run) => perSecond(run, side)))),
      number(median(runs.map(({ cpuMs }) => (cpuMs / sides[side]!.n) * 1000))),
    ],
  };
}
