import { beforeAll, describe, expect, it } from "vitest";
import { MUTANTS, type Mutant } from "./mutants.js";
import { preload } from "./preload.js";
import { simulate } from "./simulate.js";

/** Most are found by the first few seeds; those that need a rare coincidence by one of some hundred. */
const SEEDS = 1_000;

/** The first seed that finds it. */
async function findMutant(mutant: Mutant): Promise<string | undefined> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const [violation] = (await simulate(seed, mutant)).violations;
    if (violation !== undefined) return `seed ${seed}: ${violation.rule}`;
  }
  return undefined;
}

describe("a deliberate bug is found", () => {
  beforeAll(preload);

  it.each(Object.entries(MUTANTS) as [Mutant, string][])("%s: %s", { timeout: 300_000 }, async (mutant) => {
    expect(await findMutant(mutant)).toMatch(/^seed \d+: \w+$/);
  });
});
