/** One of the queues that share what a worker may own. */
export interface Claim {
  readonly weight: number;
  /** Never more than this, at least 1. */
  readonly cap: number;
  /** What it has. */
  readonly used: number;
}

/** What counts as all of a share beyond the tasks that run. */
const MOST = 2 / 3;

interface Part {
  readonly weight: number;
  readonly room: number;
}

/**
 * How many tasks each queue may own, of `total` altogether. Each has a share by its weight that stands whatever the others do, at
 * least 1. A queue that uses less than its share leaves the rest to those that use all of theirs, by their weights; for the moment
 * that it comes back with work, more than `total` may be owned: never by more than what it had left to them. Of what exceeds
 * `atOnce`, the tasks that run at once, a queue need not use all: brokers bring batches, and take a rise for a trifle.
 *
 * | total | weights | used | credit |
 * | --- | --- | --- | --- |
 * | 8 | 3, 1 | 6, 2 | 6, 2 |
 * | 8 | 3, 1 | 6, 0 | 8, 2 |
 * | 8 | 3, 1 | 1, 2 | 6, 7 |
 */
export function shareCredit(total: number, claims: readonly Claim[], atOnce = total): number[] {
  const all = claims.map(({ weight, cap }) => ({ weight, room: cap }));
  const base = split(total, all, 1);
  const running = atOnce < total ? split(atOnce, all, 1) : base;
  const isBusy = claims.map(({ used }, i) => used >= Math.min(base[i]!, Math.max(running[i]!, base[i]! * MOST)));
  const reserved = claims.reduce((sum, { used }, i) => sum + (isBusy[i] ? base[i]! : Math.min(used, base[i]!)), 0);
  const parts = claims.map(({ weight, cap }, i) => ({ weight, room: isBusy[i] ? cap - base[i]! : 0 }));
  const more = split(total - reserved, parts, 0);
  return base.map((own, i) => own + more[i]!);
}

/** Divides `amount` by weight, none more than its room and none less than `least`; what has no room goes to the others. */
function split(amount: number, parts: readonly Part[], least: 0 | 1): number[] {
  // n.b. no room is smaller than the least
  if (amount <= least * parts.length) return parts.map(() => least);
  const given = parts.map(() => 0);
  let left = amount;
  let open = parts.map((_, i) => i);
  let weights = sumOf(parts.map(({ weight }) => weight));
  const shareOf = (i: number): number => (left * parts[i]!.weight) / weights;
  const settle = (isSettled: (i: number) => boolean, give: (i: number) => number): void => {
    for (let settled = open.filter(isSettled); settled.length > 0; settled = open.filter(isSettled)) {
      open = open.filter((i) => !isSettled(i));
      for (const i of settled) left -= given[i] = give(i);
      weights = sumOf(open.map((i) => parts[i]!.weight));
    }
  };
  settle(
    (i) => shareOf(i) >= parts[i]!.room,
    (i) => parts[i]!.room,
  );
  settle(
    (i) => shareOf(i) < least,
    () => least,
  );
  divide(
    left,
    open.map((i) => [i, shareOf(i)] as const),
    given,
  );
  // n.b. those that are lifted to the least may not have left it to those with a cap
  for (let over = sumOf(given) - Math.max(amount, least * parts.length); over > 0; over--) given[largest(given)]!--;
  return given;
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
const largest = (numbers: readonly number[]): number => numbers.indexOf(Math.max(...numbers));

/** Whole numbers instead of exact shares: what is left over goes to those whose share was cut most. */
function divide(amount: number, shares: readonly (readonly [index: number, share: number])[], given: number[]): void {
  for (const [i, share] of shares) given[i] = Math.floor(share);
  const over = amount - shares.reduce((sum, [i]) => sum + given[i]!, 0);
  const byRest = shares.toSorted(([, a], [, b]) => (b % 1) - (a % 1));
  for (const [i] of byRest.slice(0, Math.max(0, over))) given[i]!++;
}
