// `npm run bench`: measures the built packages. Arguments go to the suite, see docs/benchmarks.md.
import { join } from "node:path";
import { build, ensureInstalled, ensureNode, main, root, run } from "./workspace.mjs";

ensureNode();
await main(async () => {
  await ensureInstalled();
  await build("taskgen");
  const suite = join(root, "bench", "src", "main.ts");
  await run(process.execPath, [join(root, "node_modules/tsx/dist/cli.mjs"), suite, ...process.argv.slice(2)]);
});
