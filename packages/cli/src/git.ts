import { execFile } from "node:child_process";
import type { Terminal } from "./terminal.js";

/** What git printed, without the last line feed, or why it could not. */
export type GitAnswer = { readonly output: string } | { readonly reason: string };

const LIMITS = { maxBuffer: 64 * 1024 * 1024, timeout: 30_000 } as const;

/** Runs git in the terminal's folder; a failure is an answer too. */
export function git(args: readonly string[], { cwd, env }: Terminal): Promise<GitAnswer> {
  // n.b. hooks of git name the repository, and git then takes any folder for its root
  const options = { cwd, env: { ...env, GIT_DIR: undefined, GIT_WORK_TREE: undefined }, ...LIMITS };
  return new Promise((done) => {
    execFile("git", args, options, (error, stdout, stderr) => {
      if (error === null) done({ output: stdout.replace(/\n$/, "") });
      else if (error.code === "ENOENT") done({ reason: "git cannot be found" });
      else done({ reason: stderr.trim() || error.message });
    });
  });
}
