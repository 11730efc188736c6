const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/** The value that `share` of all are not above: 0.5 is the median. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError("there are no values");
  return sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))]!;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** What a number came to in several rounds. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export const spreadOf = (values: readonly number[]): Spread => ({
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
});

/** Of each round its own ratio: both sides had the same weather. */
export const ratios = (values: readonly number[], base: readonly number[]): number[] =>
  values.map((value, round) => value / base[round]!);
