import { defineConfig } from "vitest/config";
import { LongestFirst } from "./support/longest-first.js";
import { LastLineReporter } from "./support/reporter.js";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/fixtures/**"],
    pool: "forks",
    // n.b. about half of what tests do is wait: for leases, children, brokers that come back
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    retry: 0,
    // n.b. more than two waits of `within`, so that what is missing has a name
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // the packages as Node loads them: each module once, also for the code that they import themselves
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
    reporters: [new LastLineReporter()],
  },
});
