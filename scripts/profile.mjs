// `npm run profile -- throughput-redis`: runs a measure of the suite once with the profiler of V8 in every process, and prints
// where their threads spent their time. See docs/performance.md.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, ensureInstalled, ensureNode, main, root, run } from "./workspace.mjs";

const TASKS = "20000";
const [measure, ...rest] = process.argv.slice(2);

ensureNode();
await main(async () => {
  await ensureInstalled();
  await build("taskgen");
  const folder = await mkdtemp(join(tmpdir(), "taskgen-profile-"));
  const tsx = (file, ...args) =>
    run(process.execPath, [join(root, "node_modules/tsx/dist/cli.mjs"), join(root, "bench/src", file), ...args], {
      env: { TASKGEN_BENCH_PROFILE: folder },
    });
  await tsx("main.ts", measure ?? "throughput-redis", "--rounds", "4", "--tasks", TASKS);
  await tsx("profile/main.ts", folder, ...rest);
});
