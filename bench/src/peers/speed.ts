import type { Opened } from "../opened.js";
import type { Pair, Run } from "../pair.js";
import { median, spreadOf } from "../statistics.js";
import { number, spread } from "../table.js";
import type { PeerSide, Reading } from "./against.js";
import { best, type Candidate, type NamedPair } from "./best.js";

/** What one run cost. */
interface MeteredRun extends Run {
  /** Of the broker, where it can be asked. */
  readonly brokerCpuMs: number;
}

/** A side by how many it does in a second. */
export interface SpeedPeer extends PeerSide<MeteredRun> {
  /** How many operations one run is. */
  readonly n: number;
}

/** What a side does, and how often. */
export interface Work {
  readonly command: string;
  readonly n: number;
  readonly bar?: string;
  /** What the broker has used of the processors. */
  readonly brokerCpuMs?: () => Promise<number>;
}

/** Warms up with a quarter of a run. */
export function speedSide({ name, pair }: NamedPair, work: Work): SpeedPeer {
  const { command, n, bar } = work;
  const warmUp = (): Promise<Run> => pair.run(command, Math.ceil(n / 4));
  return { name, n, warmUp, run: () => meteredRun(pair, work), ...(bar && { bar }) };
}

async function meteredRun(pair: Pair, { command, n, brokerCpuMs = async () => Number.NaN }: Work): Promise<MeteredRun> {
  const before = await brokerCpuMs();
  const run = await pair.run(command, n);
  return { ...run, brokerCpuMs: (await brokerCpuMs()) - before };
}

/** Of several ways to run a peer the fastest, by trials of an eighth of a run. */
export async function fastest(opened: Opened, candidates: readonly Candidate[], work: Work): Promise<SpeedPeer> {
  const cost = async (pair: Pair): Promise<number> => (await pair.run(work.command, Math.ceil(work.n / 8))).ms;
  return speedSide(await best(opened, candidates, cost), work);
}

/** The number to compare is how many there are in a second. `broker`: the title of what it has used of the processors. */
export function speeds(sides: readonly SpeedPeer[], broker?: string): Reading<MeteredRun> {
  const perSecond = ({ ms }: MeteredRun, side: number): number => (sides[side]!.n / ms) * 1000;
  const micros = (runs: readonly MeteredRun[], side: number, of: "cpuMs" | "brokerCpuMs"): string =>
    number((median(runs.map((run) => run[of])) / sides[side]!.n) * 1000);
  return {
    columns: ["a run", "per second", "CPU µs each", ...(broker === undefined ? [] : [`${broker} µs each`])],
    value: perSecond,
    cells: (runs, side) => [
      number(sides[side]!.n),
      spread(spreadOf(runs.map((run) => perSecond(run, side)))),
      micros(runs, side, "cpuMs"),
      ...(broker === undefined ? [] : [micros(runs, side, "brokerCpuMs")]),
    ],
  };
}
