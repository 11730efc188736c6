import { expect, it } from "vitest";
import { START_MS } from "./virtual-time.js";
import { preload } from "./preload.js";
import { simulate, type Simulation } from "./simulate.js";

const CHUNK = 100;
/** n.b. on a machine that has much else to do; alone it takes a few seconds. */
const CHUNK_TIMEOUT_MS = 300_000;
const LAST_LINES = 50;

/** A test for each hundred of the seeds, both ends included. */
export function testSeeds(first: number, last: number): void {
  const chunks = Array.from({ length: Math.ceil((last - first + 1) / CHUNK) }, (_, i) => first + i * CHUNK);
  it.each(chunks)(
    "keeps its promises, whatever happens: 100 seeds from %i on",
    { timeout: CHUNK_TIMEOUT_MS },
    async (from) => {
      await preload();
      for (let seed = from; seed < from + CHUNK && seed <= last; seed++) expectKept(await simulate(seed));
    },
  );
}

/** Fails with what was broken, how it came to that, and how to see it again. */
export function expectKept(simulation: Simulation): void {
  if (simulation.violations.length > 0) expect.fail(describeFailure(simulation));
}

function describeFailure({ seed, violations, history }: Simulation): string {
  return [
    `seed ${seed} breaks ${violations.length} promises:`,
    ...violations.map(({ rule, message }) => `  ${rule}: ${message}`),
    `the last lines of its history (seconds, process, what, task):`,
    ...history.lines(START_MS).slice(-LAST_LINES),
    `all of it: npm run test:simulation -- --seed ${seed}`,
  ].join("\n");
}
