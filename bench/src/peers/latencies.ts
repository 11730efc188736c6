import type { Opened } from "../opened.js";
import { percentile } from "../statistics.js";
import { number } from "../table.js";
import type { PeerSide, Reading } from "./against.js";
import { best, type Candidate, type NamedPair } from "./best.js";

/** The milliseconds of the calls that were answered. */
type Times = readonly number[];

/** A side by how long a call takes. */
export type LatencyPeer = PeerSide<Times>;

/** How calls are made. */
export interface Waiting {
  readonly command: string;
  /** In one run. */
  readonly calls: number;
  readonly bar?: string;
}

export function latencySide({ name, pair }: NamedPair, { command, calls, bar }: Waiting): LatencyPeer {
  const run = (): Promise<Times> => pair.ask<Times>(command, calls);
  return { name, warmUp: run, run, ...(bar && { bar }) };
}

/** Of several ways to run a peer the one with the least median, by trials of half a run. */
export async function quickest(
  opened: Opened,
  candidates: readonly Candidate[],
  waiting: Waiting,
): Promise<LatencyPeer> {
  const cost = async (pair: NamedPair["pair"]): Promise<number> =>
    p50(await pair.ask<Times>(waiting.command, Math.ceil(waiting.calls / 2)));
  return latencySide(await best(opened, candidates, cost), waiting);
}

/** The number to compare is the median of a run. */
export const latencies = (calls: number): Reading<Times> => ({
  columns: ["p50 ms", "p95 ms", "p99 ms", "answered"],
  value: p50,
  cells: (runs) => {
    const all = runs.flat();
    const times = [0.5, 0.95, 0.99].map((share) => number(percentile(all, share)));
    return [...times, `${number(all.length)} of ${number(calls * runs.length)}`];
  },
});

const p50 = (times: Times): number => percentile(times, 0.5);
