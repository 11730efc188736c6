// `npm test`: installs what is missing, builds, and runs every test. The last line is `N passed, N failed`.
import { join } from "node:path";
import { build, ensureInstalled, ensureNode, main, root, run } from "./workspace.mjs";

ensureNode();
await main(async () => {
  await ensureInstalled();
  await build();
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  await run(process.execPath, [vitest, "run", "--root", "test", ...process.argv.slice(2)]);
});
