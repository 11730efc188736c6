// `npm run check`: everything that is checked without running the program. Each check runs even when an earlier one failed.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { build, ensureInstalled, ensureNode } from "./workspace.mjs";

ensureNode();
await ensureInstalled();
await build();

const packages = readdirSync("packages").map((name) => `packages/${name}`);
const checks = [
  ["lint, cycles and layers", "oxlint", ["--type-aware", "--deny-warnings"]],
  ["format", "prettier", ["--check", "."]],
  ["types of tests, examples and benchmarks", "turbo", ["run", "typecheck", "--output-logs=errors-only"]],
  ["unused files, exports and dependencies", "knip", []],
  ...packages.map((folder) => [`publint ${folder}`, "publint", ["run", folder, "--strict"]]),
  ...packages.map((folder) => [`attw ${folder}`, "attw", ["--pack", folder, "--profile", "esm-only", "--quiet"]]),
];

const failed = [];
for (const [name, command, args] of checks) {
  const { status } = spawnSync("npx", ["--no-install", command, ...args], { stdio: "inherit" });
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${name}`);
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) console.error(`${failed.length} of ${checks.length} checks failed: ${failed.join("; ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
