import { defineConfig } from "vitest/config";
import { LongestFirst } from "./support/longest-first.js";
import { LastLineReporter } from "./support/reporter.js";
import { SHORT_LIVED } from "./support/short-lived.js";

/**
 * Files that leave nothing behind in their process: what they test is pure, or runs in children. Where one ends the next one begins
 * in the same process, which has its modules already.
 */
const SHARING = [
  "cli",
  "codec",
  "codegen",
  "contract",
  "contract-run",
  "docs",
  "engine",
  "faults",
  "fuzz",
  "portable",
  "postgres",
  "redis",
  "routing",
  "security",
  "testing",
  "twice",
  "types",
  "validators",
];
const sharing = `{${SHARING.join(",")}}/**/*.test.ts`;
const notTests = ["**/node_modules/**", "**/fixtures/**"];

export default defineConfig({
  test: {
    pool: "forks",
    // n.b. about half of what tests do is wait: for leases, children, brokers that come back
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    retry: 0,
    // n.b. more than two waits of `within`, so that what is missing has a name
    testTimeout: 180_000,
    hookTimeout: 180_000,
    execArgv: [...SHORT_LIVED],
    // the packages as Node loads them: each module once, also for the code that they import themselves
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
    reporters: [new LastLineReporter()],
    projects: [
      { extends: true, test: { name: "alone", include: ["**/*.test.ts"], exclude: [...notTests, sharing] } },
      { extends: true, test: { name: "sharing", include: [sharing], exclude: notTests, isolate: false } },
    ],
  },
});
