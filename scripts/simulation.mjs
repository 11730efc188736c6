// `npm run test:simulation -- --seed 42`: the simulation of one seed, with its whole history.
// `-- --seeds 2001-20000`: of many. `-- --seed 4 --mutant settle-not-fenced`: with one of the bugs of test/simulation/mutants.ts.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build, ensureInstalled, ensureNode, main, root, run } from "./workspace.mjs";

const text = { type: "string" };
const { values } = parseArgs({ options: { seed: text, seeds: text, mutant: text } });
const seeds = values.seed ?? values.seeds;
if (!/^\d+(-\d+)?$/.test(seeds ?? "")) {
  console.error("Which seeds? For example: npm run test:simulation -- --seed 42, or --seeds 2001-20000");
  process.exit(1);
}

ensureNode();
await main(async () => {
  await ensureInstalled();
  await build();
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const chosen = ["simulation/replay", "-t", "seeds that are chosen", "--disable-console-intercept"];
  await run(process.execPath, [vitest, "run", "--root", "test", ...chosen], {
    env: {
      TASKGEN_SIMULATION_SEED: seeds,
      ...(values.mutant !== undefined && { TASKGEN_SIMULATION_MUTANT: values.mutant }),
    },
  });
});
