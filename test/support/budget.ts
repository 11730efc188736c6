import { expect } from "vitest";

/** How much there may be of something that is counted. */
export interface Budget {
  readonly most: number;
  /** What it came to when the budget was set. */
  readonly was: number;
}

/** Fails with the old and the new count when there is more than the budget allows. */
export function expectWithin(what: string, count: number, { most, was }: Budget): void {
  const message = `${what}: ${count} now, ${was} when the budget was set, ${most} at most`;
  expect(count, message).toBeLessThanOrEqual(most);
}
