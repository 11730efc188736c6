import { execFile } from "node:child_process";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { spawnChild } from "../support/child.js";
import { PackedInstall } from "../support/packed-install.js";
import { startTaskgen, taskgen } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";

const run = promisify(execFile);
const FILES = ["package.json", "tsconfig.json", "src/tasks/math.task.ts", "src/main.ts", ".gitignore"];

describe("taskgen init", () => {
  let install: PackedInstall;
  beforeAll(async () => void (install = await PackedInstall.create()));
  afterAll(() => install[Symbol.asyncDispose]());

  it("in an empty folder makes a project that generates, compiles, runs, and gives 8", async () => {
    const cwd = join(install.folder, "new project");
    await mkdir(cwd);
    const { bin } = install;
    const { stdout } = await taskgen(["init"], { cwd, bin });
    expect(stdout.split("\n").slice(0, 5)).toEqual(FILES.map((file) => `wrote    ${file}`));
    expect(stdout).toContain("npx taskgen dev ");
    expect(stdout).toContain("npx tsx src/main.ts ");
    expect(await taskgen([], { cwd, bin })).toMatchObject({ code: 0, stderr: "" });
    await run(process.execPath, [join(install.folder, "node_modules/typescript/bin/tsc")], { cwd });
    const worker = startTaskgen(["worker", "--threads", "1", "--registry", "dist/_generated/registry.js"], {
      cwd,
      bin,
    });
    const main = spawnChild(pathToFileURL(join(cwd, "dist/main.js")), { cwd });
    await within("the program's end", main.exited);
    expect({ lines: main.lines, stderr: main.stderr }).toEqual({ lines: [8], stderr: "" });
    worker.signal("SIGTERM");
    expect((await within("the worker's end", worker.exited)).code).toBe(0);
  });
});

describe("taskgen init in a folder that has files", () => {
  it("changes nothing that is there, and adds what is missing", async () => {
    const cwd = await tempDir();
    const own = { name: "own", type: "module", scripts: { build: "own build" }, devDependencies: { tsx: "4.20.0" } };
    await writeFile(join(cwd, "package.json"), JSON.stringify(own, undefined, "\t"));
    await writeFile(join(cwd, "tsconfig.json"), "{}");
    await writeFile(join(cwd, ".gitignore"), "/node_modules\n*.log");
    expect((await taskgen(["init"], { cwd })).stdout).toMatch(
      /^added to package\.json\nkept +tsconfig\.json\nwrote [\s\S]*added to \.gitignore\n/,
    );
    const text = await readFile(join(cwd, "package.json"), "utf8");
    expect(text).toContain('\n\t"scripts"');
    expect(JSON.parse(text)).toMatchObject({
      ...own,
      scripts: { build: "own build", dev: "taskgen dev" },
      dependencies: { taskgen: expect.stringMatching(/^\^\d/) as string },
      devDependencies: { tsx: "4.20.0" },
    });
    expect(await readFile(join(cwd, "tsconfig.json"), "utf8")).toBe("{}");
    expect(await readFile(join(cwd, ".gitignore"), "utf8")).toBe("/node_modules\n*.log\ndist/\n.taskgen/\n");
    const again = (await taskgen(["init"], { cwd })).stdout;
    expect(again.split("\n").slice(0, 5)).toEqual(FILES.map((file) => `kept     ${file}`));
    expect(await readFile(join(cwd, "package.json"), "utf8")).toBe(text);
  });

  it("says what it cannot decide, and refuses a package.json that is none", async () => {
    const cwd = await tempDir();
    await writeFile(join(cwd, "package.json"), "{}");
    expect((await taskgen(["init"], { cwd })).stdout).toContain('package.json has no "type": "module"');
    await writeFile(join(cwd, "package.json.new"), "{");
    await rename(join(cwd, "package.json.new"), join(cwd, "package.json"));
    expect(await taskgen(["init"], { cwd })).toMatchObject({
      code: 1,
      stderr: "taskgen: [CONFIG_INVALID] package.json is not JSON; correct it first\n",
    });
  });
});
