import { fileURLToPath } from "node:url";
import { startTaskgen, textLine } from "../support/taskgen-command.js";
import { type Fleet, TIMES } from "./fleet.js";
import type { Part } from "./fleet-processes.js";

const cwd = fileURLToPath(new URL("fixtures/", import.meta.url));

/** A worker as users start it: `taskgen worker`, which minds signals as it does in production. Resolves when it consumes. */
export async function startCommand(fleet: Fleet, ...args: readonly string[]): Promise<Part> {
  const app = { broker: fleet.broker.url, ...TIMES };
  const part = fleet.join("command", (name, history) => {
    const env = { NAME: name, HISTORY: history, OPTIONS: JSON.stringify({ app }) };
    const child = startTaskgen(["worker", "--registry", "command-registry.js", "--threads", "1", ...args], {
      cwd,
      env,
    });
    return { name, history, child };
  });
  await textLine(part.child, "Worker ready");
  return part;
}
