import { Prefetch } from "@taskgen/worker/internal";
import { describe, expect, it } from "vitest";

/** One that has seen 1,000 tasks end within 100 ms. */
function fast(): { readonly prefetch: Prefetch; readonly pass: (ms: number) => void } {
  let now = 0;
  const prefetch = new Prefetch(10, () => now);
  const pass = (ms: number): void => void (now += ms);
  for (let i = 0; i < 10; i++) {
    pass(10);
    prefetch.ended(100);
  }
  return { prefetch, pass };
}

describe("Prefetch", () => {
  it("owns what it can finish within 100 ms besides what runs", () => {
    const { prefetch } = fast();
    expect(prefetch.credit).toBeGreaterThan(900);
    expect(prefetch.credit).toBeLessThanOrEqual(1_010);
  });

  it("owns no more than what runs once none ended from one look to the next", () => {
    const { prefetch, pass } = fast();
    expect(prefetch.look(true)).toBe(1);
    expect(prefetch.credit).toBeGreaterThan(900);
    pass(500);
    expect(prefetch.look(true)).toBe(2);
    expect(prefetch.credit).toBe(10);
  });

  it("keeps what it measured while there is nothing to end, and while something ends", () => {
    const { prefetch, pass } = fast();
    const before = prefetch.credit;
    for (let i = 0; i < 3; i++) expect(prefetch.look(false)).toBe(0);
    expect(prefetch.credit).toBe(before);
    for (let i = 0; i < 3; i++) {
      pass(5);
      prefetch.ended(1);
      expect(prefetch.look(true)).toBe(1);
    }
    expect(prefetch.credit).toBeGreaterThan(10);
  });

  it("asks for less only when it is much less", () => {
    const { prefetch, pass } = fast();
    const before = prefetch.credit;
    for (let i = 0; i < 10; i++) {
      pass(10);
      prefetch.ended(70);
    }
    expect(prefetch.credit).toBe(before);
    for (let i = 0; i < 10; i++) {
      pass(10);
      prefetch.ended(20);
    }
    expect(prefetch.credit).toBeLessThan(before / 2);
  });
});
