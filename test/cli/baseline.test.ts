import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { copyProject, taskgen } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";

const PROJECT = new URL("fixtures/project/", import.meta.url);
const FILE = "tasks.contract.json";
const run = promisify(execFile);

async function git(cwd: string, ...args: string[]): Promise<string> {
  const own = ["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "init.defaultBranch=main"];
  return (await run("git", [...own, ...args], { cwd })).stdout.trim();
}

const textOf = (type: string): string =>
  `import { task } from "@taskgen/core";\nexport const place = task((sku: ${type}) => sku);\n`;

interface Contracts {
  readonly before: string;
  /** Breaks what was before. */
  readonly after: string;
}

async function writeContracts(): Promise<Contracts> {
  const cwd = await copyProject(PROJECT);
  const source = join(cwd, "src/tasks/order.task.ts");
  const contract = (): Promise<string> => readFile(join(cwd, FILE), "utf8");
  await writeFile(source, textOf("string"));
  await taskgen(["accept"], { cwd });
  const before = await contract();
  await writeFile(source, textOf("number"));
  await taskgen(["accept", "--breaking", "drained"], { cwd });
  return { before, after: await contract() };
}

let written: Promise<Contracts> | undefined;

/** The texts of two contracts, made once. */
const contracts = (): Promise<Contracts> => (written ??= writeContracts());

/** A repository whose branch `main` has a contract in `folder`. */
async function repository(folder = "."): Promise<string> {
  const root = await tempDir();
  await git(root, "init", "-q");
  await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, folder, FILE), (await contracts()).before);
  await commit(root);
  return root;
}

async function commit(cwd: string): Promise<void> {
  await git(cwd, "add", "-A");
  await git(cwd, "commit", "-qm", "change");
}

const diff = (cwd: string, against: string, env: Record<string, string> = {}) =>
  taskgen(["diff", against, FILE], { cwd, env });

describe("a baseline", () => {
  it("is the ref itself, where a remote branch of that name is another", async () => {
    const cwd = await tempDir();
    await git(cwd, "clone", "-q", await repository(), ".");
    await writeFile(join(cwd, FILE), (await contracts()).after);
    await commit(cwd);
    expect(await taskgen(["diff", "origin/main", "HEAD"], { cwd })).toMatchObject({
      code: 0, // the break is accepted
      stdout: expect.stringContaining("string -> number") as string,
    });
    expect(await diff(cwd, "main")).toMatchObject({ code: 0, stdout: "nothing changed\n" });
  });

  it("is a ref where a folder has its name", async () => {
    const cwd = await repository();
    await mkdir(join(cwd, "main"));
    expect(await diff(cwd, "main")).toMatchObject({ code: 0, stderr: "" });
  });

  it("is found below the root of the repository, in other work trees, and in hooks", async () => {
    const root = await repository("packages/tasks");
    const tree = join(await tempDir(), "tree");
    await git(root, "worktree", "add", "-q", tree, "-b", "next");
    const cwd = join(tree, "packages/tasks");
    const env = { GIT_DIR: await git(tree, "rev-parse", "--absolute-git-dir") };
    expect(await diff(cwd, "main")).toMatchObject({ code: 0, stdout: "nothing changed\n" });
    expect(await diff(cwd, "main", env)).toMatchObject({ code: 0, stdout: "nothing changed\n" });
  });

  it("is never an option of git, nor nothing", async () => {
    const cwd = await repository();
    for (const name of ["--output=hacked", ""]) {
      expect(await taskgen(["diff", "--", name, FILE], { cwd })).toMatchObject({
        code: 1,
        stderr: `taskgen: [USAGE] ${JSON.stringify(name)} is no git ref\n`,
      });
    }
  });

  it.each([
    ["origin/next", "; run `git fetch origin next:refs/remotes/origin/next` first"],
    ["refs/heads/next", "; run `git fetch origin next:refs/remotes/origin/next` first"],
    ["HEAD~7", "\n"],
  ])("says what to fetch for %s", async (named, advice) => {
    const { code, stderr } = await diff(await repository(), named);
    expect({ code, stderr: stderr.trimEnd() }).toEqual({
      code: 1,
      stderr: `taskgen: [BASELINE_MISSING] ${named} is neither a file nor known to git here${advice}`.trimEnd(),
    });
  });

  it("says that a shallow clone lacks the history", async () => {
    const cwd = await tempDir();
    await git(cwd, "clone", "-q", "--depth=1", `file://${await repository()}`, ".");
    expect((await diff(cwd, "HEAD~1")).stderr).toContain("run `git fetch --unshallow origin` first");
  });

  it("is not taken to be missing where git fails", async () => {
    const cwd = await repository();
    const id = await git(cwd, "rev-parse", `main:${FILE}`);
    await rm(join(cwd, ".git/objects", id.slice(0, 2), id.slice(2)), { force: true });
    expect(await diff(cwd, "main")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[BASELINE_MISSING] git show failed: ") as string,
    });
    expect((await diff(cwd, "main", { PATH: "" })).stderr).toContain("no git ref: git cannot be found");
    expect((await diff(await tempDir(), "main")).stderr).toContain("not a git repository");
  });

  it("that cannot be read is no breaking change", async () => {
    const cwd = await copyProject(PROJECT);
    await taskgen(["accept"], { cwd });
    await writeFile(join(cwd, "deployed.json"), "{");
    expect(await taskgen(["check", "--against", "deployed.json"], { cwd })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[BASELINE_INVALID]") as string,
    });
  });
});
