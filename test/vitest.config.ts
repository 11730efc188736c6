import { defineConfig } from "vitest/config";
import type { InlineConfig } from "vitest/node";
import { LongestFirst } from "./support/longest-first.js";
import { LastLineReporter } from "./support/reporter.js";
import { SHORT_LIVED } from "./support/short-lived.js";

/**
 * Folders whose files clean up behind themselves: where one file ends another one begins, in the same process, which has its modules
 * already. A file with a process of its own may replace clocks, listen to its process, or look at its memory.
 */
const SHARING = [
  "batches",
  "cancel",
  "cli",
  "codec",
  "codegen",
  "contract",
  "contract-run",
  "docs",
  "engine",
  "faults",
  "fuzz",
  "limits",
  "portable",
  "postgres",
  "progress",
  "redis",
  "routing",
  "security",
  "sqlite",
  "testing",
  "twice",
  "types",
  "validators",
];
const sharing = `{${SHARING.join(",")}}/**/*.test.ts`;
const notTests = ["**/node_modules/**", "**/fixtures/**"];

const common = {
  pool: "forks",
  retry: 0,
  // n.b. more than two waits of `within`, so that what is missing has a name
  testTimeout: 180_000,
  hookTimeout: 180_000,
  execArgv: [...SHORT_LIVED],
  // the packages as Node loads them: each module once, also for the code that they import themselves
  server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
} satisfies InlineConfig;

export default defineConfig({
  test: {
    // n.b. two for each core of a small machine: many wait, for leases, children, brokers that come back; five at once gain little there
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    reporters: [new LastLineReporter()],
    projects: [
      { test: { ...common, name: "alone", include: ["**/*.test.ts"], exclude: [...notTests, sharing] } },
      { test: { ...common, name: "sharing", include: [sharing], exclude: notTests, isolate: false } },
    ],
  },
});
