// `npm run quickstart`: from a fresh clone to tasks that run. Needs Node and npm, nothing else.
import { join } from "node:path";
import { build, ensureInstalled, ensureNode, main, root, run } from "./workspace.mjs";

const example = { cwd: join(root, "examples", "quickstart") };

ensureNode();
await main(async () => {
  await ensureInstalled();
  await build("taskgen");
  await run(process.execPath, [join(root, "packages/cli/bin/taskgen.js"), "generate"], example);
  await run(process.execPath, [join(root, "node_modules/tsx/dist/cli.mjs"), "src/main.ts"], example);
});
