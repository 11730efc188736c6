import { createTerminal, exit } from "./process-terminal.js";
import { run } from "./program.js";
import { reportError } from "./report-error.js";

const terminal = createTerminal();
// what a verb waits for may be a connection that keeps no process alive
setInterval(() => {}, 2 ** 30);
const exitCode = await run(process.argv.slice(2), terminal).catch((error: unknown) => reportError(error, terminal));
await exit(exitCode);
