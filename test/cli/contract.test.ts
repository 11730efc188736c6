import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { copyProject, taskgen } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";

const PROJECT = new URL("fixtures/project/", import.meta.url);
const run = promisify(execFile);

const ORDER = `import { task } from "@taskgen/core";
export interface Item {
  sku: string;
  note?: string;
}
/** Places an order. */
export const place = task((items: readonly Item[]): { id: string } => ({ id: items.map(({ sku }) => sku).join() }));
`;

const git = (cwd: string, ...args: string[]): Promise<unknown> =>
  run("git", ["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "init.defaultBranch=main", ...args], { cwd });

const writeOrder = (cwd: string, text: string): Promise<void> => writeFile(join(cwd, "src/tasks/order.task.ts"), text);

/** A project with a contract, committed as `main`. */
async function accepted(): Promise<string> {
  const cwd = await copyProject(PROJECT);
  await writeOrder(cwd, ORDER);
  expect(await taskgen(["accept"], { cwd })).toMatchObject({ code: 0, stderr: "" });
  await writeFile(join(cwd, ".gitignore"), "node_modules\n");
  await git(cwd, "init");
  await git(cwd, "add", "-A");
  await git(cwd, "commit", "-qm", "first");
  return cwd;
}

const breakOrder = (cwd: string): Promise<void> => writeOrder(cwd, ORDER.replace("note?: string", "note: string"));

describe("taskgen accept", () => {
  it("writes the contract, and generates hashes and validators", async () => {
    const cwd = await copyProject(PROJECT);
    await writeOrder(cwd, ORDER);
    expect((await taskgen([], { cwd })).stdout).not.toContain("validators");
    const { code, stdout } = await taskgen(["accept"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain("tasks.contract.json written\n");
    expect(stdout).toContain("src/_generated/validators.ts written");
    const contract = JSON.parse(await readFile(join(cwd, "tasks.contract.json"), "utf8")) as {
      tasks: { place: { contract: string } };
    };
    const hash = contract.tasks.place.contract.slice(0, 16);
    expect(await readFile(join(cwd, "src/_generated/client.ts"), "utf8")).toContain(
      `stub(app, "place", { hash: "${hash}" })`,
    );
    expect(await readFile(join(cwd, "src/_generated/registry.ts"), "utf8")).toContain(`hash: "${hash}",`);
  });

  it("refuses what breaks, records the reason it is given, and remembers the old hash", async () => {
    const cwd = await accepted();
    const before = await readFile(join(cwd, "tasks.contract.json"), "utf8");
    await breakOrder(cwd);
    const refused = await taskgen(["accept"], { cwd });
    expect(refused).toMatchObject({ code: 3, stdout: "" });
    expect(refused.stderr).toContain("breaking  place: argument 1 [].note is no longer optional");
    expect(await readFile(join(cwd, "tasks.contract.json"), "utf8")).toBe(before);
    expect(await taskgen(["accept", "--breaking", "drained"], { cwd })).toMatchObject({ code: 0, stderr: "" });
    expect(await readFile(join(cwd, "tasks.contract.json"), "utf8")).toContain('"reason": "drained"');
    const old = /"place": \{\n\s+"contract": "(\w{16})/.exec(before)![1]!;
    expect(await readFile(join(cwd, "src/_generated/registry.ts"), "utf8")).toContain(`accepts: ["${old}"],`);
  });

  it("shows types that do not survive the trip, and writes nothing", async () => {
    const cwd = await copyProject(PROJECT);
    await writeOrder(cwd, ORDER.replace("note?: string", "onDone: () => void"));
    const { code, stdout } = await taskgen(["accept"], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/src\/tasks\/order\.task\.ts:7:\d+ - error TG2001: .*argument 1 \[\]\.onDone/);
    await expect(readFile(join(cwd, "tasks.contract.json"), "utf8")).rejects.toThrow("ENOENT");
  });
});

describe("taskgen check", () => {
  it("exits with 1 where somebody else's file is in the way, and accept writes nothing then", async () => {
    const cwd = await accepted();
    const lock = await readFile(join(cwd, "tasks.contract.json"), "utf8");
    await writeFile(join(cwd, "src/_generated/client.ts"), "export const mine = 1;\n");
    await writeOrder(cwd, ORDER.replace("sku: string", "sku: string;\n  count?: number"));
    for (const verb of ["check", "accept"]) {
      const { code, stdout } = await taskgen([verb], { cwd });
      expect({ verb, code }).toEqual({ verb, code: 1 });
      expect(stdout).toContain("error TG4002");
    }
    expect(await readFile(join(cwd, "tasks.contract.json"), "utf8")).toBe(lock);
  });

  it("passes when everything is what the code says", async () => {
    const cwd = await accepted();
    const { code, stdout, stderr } = await taskgen(["check", "--against", "main"], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^9 tasks: all is well; contract [0-9a-f]{16}\n$/);
  });

  it("passes without a contract, and says how to get one", async () => {
    const cwd = await copyProject(PROJECT);
    await taskgen([], { cwd });
    expect(await taskgen(["check"], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("`npx taskgen accept` writes one") as string,
    });
  });

  it("exits with 2 when the contract or a generated file is stale", async () => {
    const cwd = await accepted();
    await writeOrder(cwd, ORDER.replace("sku: string", "sku: string;\n  count?: number"));
    const { code, stdout } = await taskgen(["check"], { cwd });
    expect(code).toBe(2);
    expect(stdout).toMatch(/order\.task\.ts:8:14 - error TG3003: .*types of the task "place" have changed/);
    expect(stdout).toContain("TG4004: src/_generated/validators.ts");
    await taskgen(["accept"], { cwd });
    expect(await taskgen(["check"], { cwd })).toMatchObject({ code: 0 });
  });

  it("exits with 3 when a change breaks what a ref has, in every format, and with 0 once a reason is recorded", async () => {
    const cwd = await accepted();
    await breakOrder(cwd);
    const pretty = await taskgen(["check", "--against", "main"], { cwd });
    expect(pretty.code).toBe(3);
    expect(pretty.stdout).toMatch(/order\.task\.ts:7:14 - error TG3001: .*\(PROP_OPTIONAL_TO_REQUIRED\)/);
    const github = await taskgen(["check", "--against", "main", "--format", "github"], { cwd });
    expect(github.stdout).toMatch(/^::error file=src\/tasks\/order\.task\.ts,line=7,.*title=TG3001::/m);
    const json = await taskgen(["check", "--against", "main", "--format", "json"], { cwd });
    expect(JSON.parse(json.stdout)).toContainEqual(expect.objectContaining({ code: "TG3001", severity: "error" }));
    expect(await taskgen(["check", "--against", "main", "--mode", "none"], { cwd })).toMatchObject({ code: 2 });
    await taskgen(["accept", "--breaking", "drained"], { cwd });
    const known = await taskgen(["check", "--against", "main"], { cwd });
    expect(known).toMatchObject({ code: 0, stdout: expect.stringContaining("accepted: drained") as string });
  });

  it("does not break where versions translates the old arguments", async () => {
    const cwd = await accepted();
    const lock = await readFile(join(cwd, "tasks.contract.json"), "utf8");
    const old = /"place": \{\n\s+"contract": "(\w{16})/.exec(lock)![1]!;
    const versions = `{ versions: { "${old}": (args) => args } }, (items`;
    await writeOrder(cwd, ORDER.replace("note?: string", "note: string").replace("(items", versions));
    await taskgen(["accept"], { cwd });
    expect(await taskgen(["check", "--against", "main"], { cwd })).toMatchObject({ code: 0 });
  });

  it("takes the branch of a pull request, as it is known in CI", async () => {
    const origin = await accepted();
    const cwd = await tempDir();
    await run("git", ["clone", "-q", "--depth=1", `file://${origin}`, "."], { cwd });
    await git(cwd, "checkout", "-q", "-b", "feature");
    await git(cwd, "branch", "-q", "-D", "main");
    await git(cwd, "update-ref", "-d", "refs/remotes/origin/main");
    await run("ln", ["-s", join(origin, "node_modules"), "node_modules"], { cwd });
    const missing = await taskgen(["check", "--against"], { cwd, env: { GITHUB_BASE_REF: "main" } });
    expect(missing.code).toBe(1);
    const [, fetch] = /run `(git fetch[^`]*)` first/.exec(missing.stderr)!;
    expect(fetch).toBe("git fetch --depth=1 origin main:refs/remotes/origin/main");
    await run("sh", ["-c", fetch!], { cwd });
    expect(await taskgen(["check", "--against"], { cwd, env: { GITHUB_BASE_REF: "main" } })).toMatchObject({ code: 0 });
  });

  it("passes with a note where the baseline has no contract", async () => {
    const cwd = await accepted();
    await git(cwd, "rm", "-q", "--cached", "tasks.contract.json");
    await git(cwd, "commit", "-qm", "without");
    const { code, stderr } = await taskgen(["check", "--against", "main"], { cwd });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "taskgen: there is no tasks.contract.json in main; there is nothing to compare with\n",
    });
  });

  it("tells of a contract with conflict markers, and accept replaces it", async () => {
    const cwd = await accepted();
    const path = join(cwd, "tasks.contract.json");
    await writeFile(path, `<<<<<<< ours\n${await readFile(path, "utf8")}=======\n{}\n>>>>>>> theirs\n`);
    const { code, stdout } = await taskgen(["check"], { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain("error TG3004: tasks.contract.json has conflict markers of a merge");
    expect(await taskgen(["accept"], { cwd })).toMatchObject({ code: 0 });
    expect(await taskgen(["check"], { cwd })).toMatchObject({ code: 0 });
  });
});

describe("taskgen diff", () => {
  it("shows every change between two contracts", async () => {
    const cwd = await accepted();
    expect(await taskgen(["diff", "main", "tasks.contract.json"], { cwd })).toMatchObject({
      code: 0,
      stdout: "nothing changed\n",
    });
    await writeOrder(cwd, ORDER.replace("sku: string", "sku: number"));
    await taskgen(["accept", "--breaking", "drained"], { cwd });
    await run("git", ["checkout", "-q", "-b", "next"], { cwd });
    const { stdout } = await taskgen(["diff", "main", "tasks.contract.json"], { cwd });
    expect(stdout).toContain("argument 1 [].sku");
    expect(stdout).toContain("string -> number");
    const json = await taskgen(["diff", "main", "tasks.contract.json", "--json"], { cwd });
    expect(JSON.parse(json.stdout)).toContainEqual(
      expect.objectContaining({ task: "place", path: "argument 1 [].sku" }),
    );
  });

  it("says what cannot be read", async () => {
    const cwd = await accepted();
    await rm(join(cwd, "tasks.contract.json"));
    expect(await taskgen(["diff", "nowhere", "main"], { cwd })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[BASELINE_MISSING] nowhere is neither a file nor known to git") as string,
    });
  });
});

describe("taskgen contract build", () => {
  it("writes a package once, and changes nothing when nothing changed", async () => {
    const cwd = await accepted();
    await mkdir(join(cwd, "dist"));
    const build = ["contract", "build", "--out", "dist/contract", "--name", "@shop/orders-contract"];
    const first = await taskgen(build, { cwd });
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toContain("dist/contract/index.d.ts written\n");
    expect(await readFile(join(cwd, "dist/contract/index.d.ts"), "utf8")).toContain(
      "readonly place: Stub<[items: Item[]], { id: string }>;",
    );
    expect(JSON.parse(await readFile(join(cwd, "dist/contract/package.json"), "utf8"))).toMatchObject({
      name: "@shop/orders-contract",
    });
    expect((await taskgen(build, { cwd })).stdout).not.toContain("written");
  });
});
