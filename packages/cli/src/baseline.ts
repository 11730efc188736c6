import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import type { ContractFile, ReadContract } from "@taskgen/codegen";
import { CliError } from "./cli-error.js";
import { git } from "./git.js";
import { loadCodegen } from "./load-codegen.js";
import type { Terminal } from "./terminal.js";

/** A contract to compare with, or why there is none, which is no error. */
export type Baseline = { readonly contract: ContractFile } | { readonly note: string };

/**
 * The contract of a git ref, or of a file. `true`: of the branch that a pull request goes to.
 * @param file the project's contract, relative to its folder.
 * @throws CliError `BASELINE_MISSING` with what to fetch, when the ref is not known here; `BASELINE_INVALID`
 */
export async function readBaseline(against: string | true, file: string, terminal: Terminal): Promise<Baseline> {
  const { parseContract } = await loadCodegen(terminal.cwd);
  const path = against !== true && isFile(resolve(terminal.cwd, against)) ? against : undefined;
  if (path !== undefined) return valid(await parseContract(await readFile(resolve(terminal.cwd, path), "utf8"), path));
  const { ref, commit } = await findRef(against, terminal);
  const inside = relative(terminal.cwd, resolve(terminal.cwd, file)).split(sep).join("/");
  // n.b. only this tells a file that is not there from one that cannot be read
  if ((await ask(["ls-tree", "--name-only", commit, "--", inside], terminal)) === "") {
    return { note: `there is no ${inside} in ${ref}; there is nothing to compare with` };
  }
  return valid(await parseContract(await ask(["show", `${commit}:./${inside}`], terminal), `${ref}:${inside}`));
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

function valid(read: ReadContract): Baseline {
  if (read.contract !== undefined) return { contract: read.contract };
  throw new CliError("BASELINE_INVALID", read.diagnostics.map(({ message }) => message).join("; "));
}

interface FoundRef {
  /** As it is told. */
  readonly ref: string;
  readonly commit: string;
}

/** The ref itself, or the remote branch of that name: a checkout in CI has no local ones, or old ones. */
async function findRef(against: string | true, terminal: Terminal): Promise<FoundRef> {
  const named = against === true ? baseRef(terminal) : against;
  // n.b. git would take it for an option
  if (named === "" || named.startsWith("-")) throw new CliError("USAGE", `${JSON.stringify(named)} is no git ref`);
  const folder = await git(["rev-parse", "--git-dir"], terminal);
  if ("reason" in folder)
    throw new CliError("BASELINE_MISSING", `${named} is no file, and no git ref: ${folder.reason}`);
  const refs = [named, `origin/${named}`];
  for (const ref of against === true ? refs.toReversed() : refs) {
    const found = await git(["rev-parse", "--verify", "--quiet", `${ref}^{commit}`], terminal);
    if ("output" in found) return { ref, commit: found.output };
  }
  const advice = await adviceFor(named, terminal);
  throw new CliError("BASELINE_MISSING", `${named} is neither a file nor known to git here${advice}`);
}

function baseRef({ env }: Terminal): string {
  const ref = env["GITHUB_BASE_REF"] ?? "";
  if (ref !== "") return ref;
  throw new CliError("USAGE", "--against needs a git ref or a file where GITHUB_BASE_REF is not set: --against main");
}

/** What to fetch: a branch or tag by its name; for what is counted from a commit, such as `HEAD~1`, the history. */
async function adviceFor(named: string, terminal: Terminal): Promise<string> {
  const shallow = await git(["rev-parse", "--is-shallow-repository"], terminal);
  const isShallow = "output" in shallow && shallow.output === "true";
  if (/[~^@{}: ]/.test(named)) return isShallow ? "; run `git fetch --unshallow origin` first" : "";
  const branch = named.replace(/^(?:refs\/)?(?:heads\/|remotes\/)?(?:origin\/)?/, "");
  return `; run \`git fetch ${isShallow ? "--depth=1 " : ""}origin ${branch}:refs/remotes/origin/${branch}\` first`;
}

/** What git prints. */
async function ask(args: readonly string[], terminal: Terminal): Promise<string> {
  const answer = await git(args, terminal);
  if ("output" in answer) return answer.output;
  throw new CliError("BASELINE_MISSING", `git ${args[0]} failed: ${answer.reason}`);
}
