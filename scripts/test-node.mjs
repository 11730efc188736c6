// `npm run test:node -- 22`: runs tests that start programs, and the conformance suites, under another version of Node.
// More arguments choose other test files. That Node comes from the npm package `node`, into a temporary folder.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { withBrokers } from "./brokers.mjs";
import { build, ensureInstalled, ensureNode, main, npm, root, run } from "./workspace.mjs";

/** End to end, conformance, the command line, the pools of threads, the examples. */
const TESTS = ["e2e/", "conformance/", "cli/", "worker/", "examples/"];

const [version, ...chosen] = process.argv.slice(2);
if (version === undefined) {
  console.error("Which version? For example: npm run test:node -- 22");
  process.exit(1);
}

ensureNode();
await main(async () => {
  await ensureInstalled();
  await build();
  const folder = mkdtempSync(join(tmpdir(), "taskgen-node-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const bin = await installNode(folder);
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--root", "test", ...(chosen.length > 0 ? chosen : TESTS)];
  await withBrokers(({ redis, amqp, postgres }) =>
    run(join(bin, "node"), args, {
      env: {
        // what looks for node in PATH finds the same version
        PATH: `${bin}${delimiter}${process.env.PATH}`,
        TASKGEN_TEST_REDIS_URL: redis,
        TASKGEN_TEST_AMQP_URL: amqp,
        TASKGEN_TEST_POSTGRES_URL: postgres,
      },
    }),
  );
});

/** The folder with the program of a version. */
async function installNode(folder) {
  await npm(["install", "--no-save", "--no-audit", "--no-fund", "--prefix", folder, `node@${version}`], {
    cwd: folder,
  });
  const bin = join(folder, "node_modules", "node", "bin");
  console.log(`Tests run under Node ${execFileSync(join(bin, "node"), ["--version"], { encoding: "utf8" }).trim()}`);
  return bin;
}
