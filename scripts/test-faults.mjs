// `npm run test:faults`: makes every fault of test/faults on every transport, and writes docs/reliability.md.
// `-- F7 F9 --on redis`: some of them. What was measured before of the others stays.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withBrokers } from "./brokers.mjs";
import { build, ensureInstalled, ensureNode, main, root, run } from "./workspace.mjs";

const { values, positionals } = parseArgs({ options: { on: { type: "string" } }, allowPositionals: true });
const wanted = positionals.length === 0 ? "all" : positionals.join(",");

ensureNode();
await main(async () => {
  await ensureInstalled();
  await build();
  const vitest = (args, env) =>
    run(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", "test", ...args], { env });
  const env = { TASKGEN_FAULTS: wanted, ...(values.on !== undefined && { TASKGEN_FAULTS_ON: values.on }) };
  try {
    await withBrokers(({ redis, amqp, postgres }) =>
      vitest(["faults/", "--exclude", "**/table.test.ts"], {
        TASKGEN_TEST_REDIS_URL: redis,
        TASKGEN_TEST_AMQP_URL: amqp,
        TASKGEN_TEST_POSTGRES_URL: postgres,
        ...env,
      }),
    );
  } finally {
    await vitest(["faults/table"], { TASKGEN_FAULTS_REPORT: "write" });
  }
});
