// `npm test`: installs what is missing, builds, and runs every test against real brokers. The last line is `N passed, N failed`.
import { join } from "node:path";
import { withBrokers } from "./brokers.mjs";
import { build, ensureInstalled, ensureNode, main, root, run } from "./workspace.mjs";

ensureNode();
await main(async () => {
  await ensureInstalled();
  await build();
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  await withBrokers(({ redis, amqp, postgres }) =>
    run(process.execPath, [vitest, "run", "--root", "test", ...process.argv.slice(2)], {
      env: { TASKGEN_TEST_REDIS_URL: redis, TASKGEN_TEST_AMQP_URL: amqp, TASKGEN_TEST_POSTGRES_URL: postgres },
    }),
  );
});
