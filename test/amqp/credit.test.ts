import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextStep, steadied } from "../../packages/core/dist/transports/amqp/credit.js";

interface Feed {
  tag: string;
  readonly credit: number;
  owned: number;
}

/** Takes steps until there are none; fails when they do not end. */
function settle(feeds: Feed[], credit: number, cancelledOwned: number): { feeds: Feed[]; left: number } {
  let [now, left] = [feeds, cancelledOwned];
  for (let steps = 0; steps < 100; steps++) {
    const owned = left + now.reduce((sum, feed) => sum + feed.owned, 0);
    const step = nextStep(now, { credit, owned, isCalm: true });
    if (step === undefined || step === "wait") return { feeds: now, left };
    for (const feed of step.cancel) left += feed.owned;
    now = now.filter((feed) => !step.cancel.includes(feed));
    if (step.add > 0) now = [...now, { tag: "", credit: step.add, owned: 0 }];
  }
  throw new Error("no end of steps");
}

const granted = (feeds: readonly Feed[]): number => feeds.reduce((sum, feed) => sum + feed.credit, 0);

describe("credit by consumers", () => {
  const feed = fc.record({
    credit: fc.integer({ min: 1, max: 2_000 }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const feeds = fc
    .array(feed, { maxLength: 6 })
    .map((all) => all.map(({ credit, part }) => ({ tag: "", credit, owned: Math.floor(credit * part) })));

  test("never grants more than the credit, what cancelled consumers own included", () => {
    fc.assert(
      fc.property(feeds, fc.nat(3_000), fc.nat(50), (start, credit, left) => {
        const end = settle(start, credit, left);
        expect(end.feeds.length === 0 || granted(end.feeds) + end.left <= credit).toBe(true);
      }),
    );
  });

  test("grants exactly the credit once nothing is left of cancelled consumers", () => {
    fc.assert(
      fc.property(feeds, fc.nat(3_000), (start, credit) => {
        const { feeds: between } = settle(start, credit, 0);
        expect(granted(settle(between, credit, 0).feeds)).toBe(credit);
      }),
    );
  });

  test("grows by a further consumer, and is one consumer again when idle", () => {
    const busy = [{ tag: "", credit: 10, owned: 10 }];
    expect(settle(busy, 30, 0).feeds.map(({ credit }) => credit)).toEqual([10, 20]);
    expect(
      settle(
        [
          { tag: "", credit: 10, owned: 0 },
          { tag: "", credit: 20, owned: 0 },
        ],
        30,
        0,
      ).feeds.map(({ credit }) => credit),
    ).toEqual([30]);
  });

  test.each([
    [10, 9, 9],
    [10, 11, 10],
    [10, 14, 10],
    [10, 15, 15],
    [2, 3, 3],
    [100, 0, 0],
    [0, 1, 1],
  ])("works with %i, asked for %i: %i", (now, next, then) => {
    expect(steadied(now, next)).toBe(then);
  });
});
