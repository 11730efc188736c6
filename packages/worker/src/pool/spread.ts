/** What of a thread matters when work is given out. */
export interface Target {
  /** How many jobs it already has. */
  readonly outstanding: number;
}

/**
 * How many of `count` jobs each target gets, so that all have about the same number afterwards, the idle ones first. No
 * target gets fewer than `chunk` while there are enough: a batch of tiny jobs is cheaper in one thread than spread.
 *
 * | outstanding | count | chunk | shares |
 * | --- | --- | --- | --- |
 * | 0 0 | 10 | 1 | 5 5 |
 * | 6 0 | 10 | 1 | 2 8 |
 * | 0 0 | 100 | 64 | 64 36 |
 */
export function spread(targets: readonly Target[], count: number, chunk: number): number[] {
  const shares = targets.map(() => 0);
  const outstanding = targets.reduce((sum, target) => sum + target.outstanding, 0);
  const level = Math.ceil((outstanding + count) / targets.length);
  const order = targets.map((_, i) => i).toSorted((a, b) => targets[a]!.outstanding - targets[b]!.outstanding);
  let rest = count;
  for (const i of order) {
    shares[i] = Math.min(rest, Math.max(chunk, level - targets[i]!.outstanding));
    rest -= shares[i];
  }
  return shares;
}
