import { defineConfig } from "vitest/config";
import { LastLineReporter } from "./support/reporter.js";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/fixtures/**"],
    pool: "forks",
    maxWorkers: 2,
    retry: 0,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // the packages as Node loads them: each module once, also for the code that they import themselves
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
    reporters: [new LastLineReporter()],
  },
});
