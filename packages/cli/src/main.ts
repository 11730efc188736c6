import { createTerminal, exit } from "./process-terminal.js";
import { run } from "./program.js";
import { reportError } from "./report-error.js";

const terminal = createTerminal();
const exitCode = await run(process.argv.slice(2), terminal).catch((error: unknown) => reportError(error, terminal));
await exit(exitCode);
