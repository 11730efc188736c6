import type { Command } from "commander";
import type { Terminal } from "./terminal.js";

/** What verbs are run with. */
export interface Verbs {
  readonly terminal: Terminal;
  /** Takes the exit code of the verb that runs. */
  readonly done: (code: Promise<number>) => Promise<void>;
}

export const addVerb = (program: Command, verb: string, isDefault = false): Command =>
  program.command(verb, { isDefault }).option("--cwd <folder>", "the project's folder (default: this one)");
