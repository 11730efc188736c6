import { beforeAll, describe, expect, it } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { expectKept } from "./campaign.js";
import { MUTANTS, type Mutant } from "./mutants.js";
import { preload } from "./preload.js";
import { simulate } from "./simulate.js";
import { START_MS } from "./virtual-time.js";

const {
  TASKGEN_SIMULATION_SEED: given = "1-5",
  TASKGEN_SIMULATION_MUTANT: mutant,
}: { readonly TASKGEN_SIMULATION_SEED?: string; readonly TASKGEN_SIMULATION_MUTANT?: string } = process.env;
const [first = NaN, last = first] = given.split("-").map(Number);

describe("a simulation", () => {
  expectNothingLeftRunning();
  beforeAll(preload);

  it.each([1, 17, 156, 787, 1_351])("is the same each time, to the byte: seed %i", async (seed) => {
    const [one, other] = [await simulate(seed), await simulate(seed)];
    expect(other.history.lines().join("\n")).toBe(one.history.lines().join("\n"));
    expect(one.steps).toBe(other.steps);
  });

  it("is another one for each seed", async () => {
    const texts = [];
    for (let seed = 1; seed <= 10; seed++) texts.push((await simulate(seed)).history.lines().join("\n"));
    expect(new Set(texts).size).toBe(10);
  });

  // n.b. `npm run test:simulation` chooses them
  it("keeps its promises for the seeds that are chosen", { timeout: 86_400_000 }, async () => {
    if (mutant !== undefined) expect(Object.keys(MUTANTS)).toContain(mutant);
    for (let seed = first; seed <= last; seed++) {
      const simulation = await simulate(seed, mutant as Mutant | undefined);
      if (first === last) console.log(simulation.history.lines(START_MS).join("\n"));
      expectKept(simulation);
    }
    expect(last).toBeGreaterThanOrEqual(first);
  });
});
