// `npm test`: installs what is missing, builds, and runs every test. The last line is `N passed, N failed`.
import { build, ensureInstalled, ensureNode, run } from "./workspace.mjs";

ensureNode();
await ensureInstalled();
await build();
await run("npx", ["vitest", "run", "--root", "test", ...process.argv.slice(2)]);
