import { shareCredit, type Claim } from "@taskgen/worker/internal";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const claim = fc.record({
  weight: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.double({ min: 0.1, max: 20, noNaN: true })),
  cap: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 50 })),
  used: fc.integer({ min: 0, max: 3_000 }),
});
const claims = fc.array(claim, { minLength: 1, maxLength: 12 });
const total = fc.integer({ min: 1, max: 2_500 });

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const saturated = (all: readonly Claim[]): readonly Claim[] => all.map((one) => ({ ...one, used: Infinity }));
/** What each has whatever the others do. */
const baseOf = (credit: number, all: readonly Claim[]): readonly number[] => shareCredit(credit, saturated(all));

describe("shareCredit", () => {
  it.each([
    [8, [3, 1], [6, 2], [6, 2]],
    [8, [3, 1], [6, 0], [8, 2]],
    [8, [3, 1], [1, 2], [6, 7]],
    [10, [1, 1, 1], [4, 3, 0], [6, 4, 3]],
    [1, [5, 1], [0, 0], [1, 1]],
  ])("divides %i by weights %j, of which %j are used: %j", (all, weights, used, expected) => {
    const parts = weights.map((weight, i) => ({ weight, cap: Infinity, used: used[i]! }));
    expect(shareCredit(all, parts)).toEqual(expected);
  });

  it("gives what a cap leaves to the others", () => {
    const parts = [
      { weight: 3, cap: 2, used: 2 },
      { weight: 1, cap: Infinity, used: 9 },
    ];
    expect(shareCredit(10, parts)).toEqual([2, 8]);
  });

  it("gives whole numbers, at least 1, never more than a cap", () => {
    fc.assert(
      fc.property(total, claims, (credit, all) => {
        for (const [i, share] of shareCredit(credit, all).entries()) {
          expect(Number.isInteger(share)).toBe(true);
          expect(share).toBeGreaterThanOrEqual(1);
          expect(share).toBeLessThanOrEqual(all[i]!.cap);
        }
      }),
    );
  });

  it("never promises more than there is, but for what idle queues leave to others for the moment", () => {
    fc.assert(
      fc.property(total, claims, (credit, all) => {
        const [shares, base] = [shareCredit(credit, all), baseOf(credit, all)];
        const taken = shares.map((share, i) => (all[i]!.used < base[i]! ? all[i]!.used : share));
        expect(sum(taken)).toBeLessThanOrEqual(Math.max(credit, all.length));
        expect(sum(shares)).toBeLessThanOrEqual(2 * Math.max(credit, all.length));
      }),
    );
  });

  it("leaves nothing unused while a queue could use it", () => {
    fc.assert(
      fc.property(total, claims, (credit, all) => {
        const [shares, base] = [shareCredit(credit, all), baseOf(credit, all)];
        const taken = shares.map((share, i) => (all[i]!.used < base[i]! ? all[i]!.used : share));
        const wantsMore = all.some(({ used, cap }, i) => used >= base[i]! && shares[i]! < cap);
        if (wantsMore) expect(sum(taken)).toBeGreaterThanOrEqual(Math.min(credit, sum(all.map(({ cap }) => cap))));
      }),
    );
  });

  it("keeps the share of a queue, whatever the others use", () => {
    fc.assert(
      fc.property(total, claims, (credit, all) => {
        const base = baseOf(credit, all);
        for (const [i, share] of shareCredit(credit, all).entries()) expect(share).toBeGreaterThanOrEqual(base[i]!);
      }),
    );
  });

  it("goes by the weights when all have more to do than they may", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(fc.integer({ min: 81, max: 2_500 }), weights, (credit, all) => {
        const shares = baseOf(
          credit,
          all.map((weight) => ({ weight, cap: Infinity, used: 0 })),
        );
        expect(sum(shares)).toBe(credit);
        for (const [i, share] of shares.entries())
          expect(Math.abs(share - (credit * all[i]!) / sum(all))).toBeLessThan(1);
      }),
    );
  });
});
