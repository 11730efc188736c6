import { inspect } from "node:util";
import { CommanderError } from "commander";
import { cleanLine, cleanText, maskCredentials } from "./clean-text.js";
import type { Terminal } from "./terminal.js";

/** Says what went wrong, as `taskgen: [CODE] message`; resolves to the exit code. */
export function reportError(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0; // --help, --version
  terminal.complain(`taskgen: ${cleanLine(maskCredentials(describe(error)))}\n`);
  if (wantsStack(terminal)) terminal.complain(`${cleanText(maskCredentials(inspect(error)))}\n`);
  return 1;
}

function describe(error: unknown): string {
  if (error instanceof CommanderError) return `[USAGE] ${error.message.replace(/^error: /, "")}; see --help`;
  if (!(error instanceof Error)) return `[UNEXPECTED] ${String(error)}`;
  const { code } = error as { readonly code?: unknown };
  if (typeof code !== "string") return `[UNEXPECTED] ${error.name}: ${error.message}`;
  return error.message.startsWith(`[${code}]`) ? error.message : `[${code}] ${error.message}`;
}

const wantsStack = ({ env }: Terminal): boolean =>
  (env["DEBUG"] ?? "").split(",").some((name) => name === "taskgen" || name === "*");
