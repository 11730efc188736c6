// `npm run test:fuzz -- --runs 100000 --seed 7`: the fuzz tests with more inputs than `npm test` gives them. Every input that is found
// becomes one of test/fuzz/fixtures.ts.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withBrokers } from "./brokers.mjs";
import { build, ensureInstalled, ensureNode, main, root, run } from "./workspace.mjs";

const { values } = parseArgs({ options: { runs: { type: "string", default: "20000" }, seed: { type: "string" } } });
const runs = Number(values.runs);
if (!Number.isSafeInteger(runs) || runs < 1) throw new Error("--runs is a number of inputs, at least 1");

ensureNode();
await main(async () => {
  await ensureInstalled();
  await build();
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  // n.b. 10 ms for an input is far more than any takes
  const limits = ["--testTimeout", String(60_000 + runs * 10)];
  await withBrokers(({ redis, amqp, postgres }) =>
    run(process.execPath, [vitest, "run", "--root", "test", "fuzz/", ...limits], {
      env: {
        ...{
          TASKGEN_TEST_REDIS_URL: redis,
          TASKGEN_TEST_AMQP_URL: amqp,
          TASKGEN_TEST_POSTGRES_URL: postgres,
          TASKGEN_FUZZ_RUNS: String(runs),
        },
        ...(values.seed !== undefined && { TASKGEN_FUZZ_SEED: values.seed }),
      },
    }),
  );
});
