import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { copyProject, taskgen } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";

const PROJECT = new URL("fixtures/project/", import.meta.url);
const packages = new URL("../../packages/", import.meta.url);
const installed = new URL("../../node_modules/", import.meta.url);

describe("taskgen generate", () => {
  it("is the default, writes client and registry, and a second run changes nothing", async () => {
    const cwd = await copyProject(PROJECT);
    const first = await taskgen([], { cwd });
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toBe("8 tasks: src/_generated/client.ts written, src/_generated/registry.ts written\n");
    expect(await readFile(join(cwd, "src/_generated/client.ts"), "utf8")).toContain('stub(app, "add")');
    const second = await taskgen(["generate"], { cwd });
    expect(second.stdout).toBe("8 tasks: src/_generated/client.ts unchanged, src/_generated/registry.ts unchanged\n");
  });

  it("--check exits with 2, shows the difference and writes nothing", async () => {
    const cwd = await copyProject(PROJECT);
    await taskgen([], { cwd });
    expect(await taskgen(["generate", "--check"], { cwd })).toMatchObject({ code: 0 });
    const before = await readFile(join(cwd, "src/_generated/client.ts"), "utf8");
    await writeFile(
      join(cwd, "src/tasks/more.task.ts"),
      'import { task } from "@taskgen/core";\nexport const negate = task((x: number) => -x);\n',
    );
    const stale = await taskgen(["generate", "--check"], { cwd });
    expect(stale.code).toBe(2);
    expect(stale.stdout).toContain('+    negate: stub(app, "negate"),');
    expect(stale.stderr).toContain("stale: src/_generated/client.ts, src/_generated/registry.ts; run `npx taskgen`");
    const github = await taskgen(["--check", "--format", "github"], { cwd });
    expect(github.code).toBe(2);
    expect(github.stdout).toContain("::error file=src/_generated/client.ts::");
    expect(await readFile(join(cwd, "src/_generated/client.ts"), "utf8")).toBe(before);
  });

  it("exits with 1 and tells where when a task has an error", async () => {
    const cwd = await copyProject(PROJECT);
    await writeFile(
      join(cwd, "src/tasks/twice.task.ts"),
      'import { task } from "@taskgen/core";\nexport const add = task((x: number) => x);\n',
    );
    const pretty = await taskgen([], { cwd });
    expect(pretty.code).toBe(1);
    expect(pretty.stdout).toMatch(/src\/tasks\/\w+\.task\.ts:\d+:\d+ - error TG1003/);
    expect(pretty.stderr).toMatch(/^taskgen: \d errors?; nothing was written\n$/);
    const json = await taskgen(["--format", "json"], { cwd });
    expect(json).toMatchObject({ code: 1, stderr: "" });
    expect(JSON.parse(json.stdout)).toContainEqual(expect.objectContaining({ code: "TG1003", severity: "error" }));
  });

  it("works on another folder and with a named configuration", async () => {
    const cwd = await copyProject(PROJECT);
    await writeFile(
      join(cwd, "own.config.ts"),
      'import { defineConfig } from "taskgen";\nexport default defineConfig({ outDir: "src/out" satisfies string });\n',
    );
    const result = await taskgen(["generate", "--cwd", cwd, "--config", "own.config.ts"], { cwd: await tempDir() });
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toContain("src/out/client.ts written");
  });

  it("names the package that is missing", async () => {
    const folder = await installWithout("codegen");
    const bin = join(folder, "node_modules/taskgen/bin/taskgen.js");
    const result = await taskgen([], { cwd: folder, bin });
    expect(result).toMatchObject({ code: 1, stdout: "" });
    expect(result.stderr).toBe(
      "taskgen: [CODEGEN_MISSING] generating needs @taskgen/codegen, which is not installed; " +
        "run `npm install --save-dev @taskgen/codegen`\n",
    );
    expect(await taskgen(["worker"], { cwd: folder, bin })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[REGISTRY_MISSING] there is no src/_generated/registry.ts") as string,
    });
  });
});

describe("taskgen", () => {
  it("shows its help and each verb's", async () => {
    const cwd = await tempDir();
    const help = await taskgen(["--help"], { cwd });
    expect(help).toMatchObject({ code: 0, stderr: "" });
    for (const verb of ["init", "dev", "generate", "worker", "call", "result", "queues", "purge"]) {
      expect(help.stdout).toMatch(new RegExp(`^  ${verb} `, "m"));
      const own = await taskgen([verb, "--help"], { cwd });
      expect(own).toMatchObject({ code: 0, stderr: "" });
      expect(own.stdout).toContain("Examples:");
      expect(own.stdout).toContain("Exit codes:");
    }
  });

  it("refuses what it does not know, in one line", async () => {
    const cwd = await tempDir();
    expect(await taskgen(["wroker"], { cwd })).toEqual({
      code: 1,
      stdout: "",
      stderr:
        'taskgen: [USAGE] there is no verb "wroker"; the verbs are init, dev, generate, check, accept, diff, contract, list, explain, worker, call, result, revoke, queues, doctor, purge, dlq\n',
    });
    expect((await taskgen(["worker", "--grace", "30"], { cwd })).stderr).toMatch(
      /^taskgen: \[USAGE\] option '--grace .*\n$/,
    );
    expect((await taskgen(["generate", "--bogus"], { cwd })).stderr).toMatch(
      /^taskgen: \[USAGE\] unknown option '--bogus'.*\n$/,
    );
  });

  it("shows the stack of an error only with DEBUG=taskgen", async () => {
    const cwd = await tempDir();
    const { stderr } = await taskgen(["wroker"], { cwd, env: { DEBUG: "taskgen" } });
    expect(stderr).toMatch(/\n +at /);
  });
});

/** A folder with the packages of a production install, less one. */
async function installWithout(missing: string): Promise<string> {
  const folder = await tempDir();
  const modules = join(folder, "node_modules");
  await mkdir(join(modules, "@taskgen"), { recursive: true });
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  for (const name of ["core", "worker", "codegen"].filter((each) => each !== missing)) {
    await copyPackage(name, join(modules, "@taskgen", name));
  }
  await copyPackage("cli", join(modules, "taskgen"));
  await symlink(new URL("cli/node_modules/commander", packages), join(modules, "commander"), "junction");
  for (const name of ["superjson", "@photostructure"])
    await symlink(new URL(name, installed), join(modules, name), "junction");
  return folder;
}

/** A package as it is published. */
async function copyPackage(name: string, folder: string): Promise<void> {
  for (const part of name === "cli" ? ["package.json", "bin", "dist"] : ["package.json", "dist"]) {
    await cp(new URL(`${name}/${part}`, packages), join(folder, part), { recursive: true });
  }
}
