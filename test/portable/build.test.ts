import { readFile, symlink } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { buildContractPackage } from "@taskgen/codegen";
import { describe, expect, it } from "vitest";
import { taskProject } from "../support/task-project.js";
import { KINDS } from "./kinds.js";
import { ordersProject } from "./orders.js";
import { kindsProject, TSCONFIG } from "./portable-project.js";

const fixture = (name: string): Promise<string> => readFile(new URL(`fixtures/${name}`, import.meta.url), "utf8");

const TASK = (body: string): string => `import { task } from "@taskgen/core";\n${body}\n`;

describe("buildContractPackage", { timeout: 120_000 }, () => {
  it("reads the types of a project and writes its package", async () => {
    const { project } = await ordersProject();
    const options = { cwd: project.cwd, config: {}, outDir: "dist/contract" };
    const { files, diagnostics } = await buildContractPackage(options);
    expect(diagnostics).toEqual([]);
    for (const { path, text, status } of files) {
      expect(status).toBe("written");
      expect(await project.read(path)).toBe(text);
    }
    const types = files.find(({ path }) => path.endsWith("index.d.ts"));
    expect(types?.text).toBe(await fixture("orders/index.d.ts"));
    const again = await buildContractPackage(options);
    expect(again.files.map(({ status }) => status)).toEqual(files.map(() => "unchanged"));
  });

  it("prints what was read of every kind of type so that it fits its source", async () => {
    const { project } = await kindsProject(KINDS);
    const config = { serialization: { registered: ["Money"], any: "off", unknown: "off" } } as const;
    const { files, diagnostics } = await buildContractPackage({ cwd: project.cwd, config, outDir: "dist/contract" });
    expect(diagnostics.map(({ code }) => code)).toEqual(["TG1010"]);
    const types = files.find(({ path }) => path.endsWith("index.d.ts"));
    expect(types?.text).toBe(await fixture("kinds/index.d.ts"));
  });

  it("prints what the schemas of a task take, which need not be its parameters", async () => {
    const project = await taskProject({
      "tsconfig.json": TSCONFIG,
      "src/tasks/a.task.ts": TASK(`
import { z } from "zod";
export const each = task(
  { args: [z.string().optional(), z.coerce.date<string>(), z.object({ n: z.number().default(1) })] },
  (text: string | undefined, at: Date, { n }: { n: number }) => [text, at, n] as const,
);
export const all = task({ args: z.tuple([z.string().brand("Id"), z.enum(["x", "y"]).optional()]) }, (id: string, letter?: "x" | "y") => id + letter);`),
    });
    await symlink(fileURLToPath(new URL("../../node_modules/zod", import.meta.url)), project.path("node_modules/zod"));
    const { files, diagnostics } = await buildContractPackage({ cwd: project.cwd, config: {}, outDir: "out" });
    expect(diagnostics).toEqual([]);
    const types = files.find(({ path }) => path.endsWith("index.d.ts"))?.text;
    expect(types).toContain('readonly all: Stub<[id: string, letter?: "x" | "y"], string>;');
    expect(types).toContain("[text: string | undefined, at: string, arg2: { n?: number }]");
  });

  it("takes a name and a version, and an absolute folder", async () => {
    const project = await taskProject({
      "tsconfig.json": TSCONFIG,
      "src/tasks/a.task.ts": TASK("export const a = task((x: number) => x);"),
    });
    const identity = { name: "@acme/calls", version: "2.0.0-rc.1" };
    const outDir = project.path("../" + project.cwd.split("/").at(-1) + "/out/calls");
    const { files } = await buildContractPackage({ cwd: project.cwd, config: {}, outDir, ...identity });
    expect(files.map(({ path }) => path)).toContain("out/calls/package.json");
    expect(JSON.parse(await project.read("out/calls/package.json"))).toMatchObject(identity);
  });

  it("calls a project without a name after its folder", async () => {
    const project = await taskProject({
      "package.json": "{}\n",
      "tsconfig.json": TSCONFIG,
      "src/tasks/a.task.ts": TASK("export const a = task((x: number) => x);"),
    });
    await buildContractPackage({ cwd: project.cwd, config: {}, outDir: "out" });
    const name = `${project.cwd.split("/").at(-1)}-contract`;
    expect(JSON.parse(await project.read("out/package.json"))).toMatchObject({ name, version: "0.0.0" });
  });

  it.each([
    [
      "types that cannot travel",
      { "src/tasks/a.task.ts": TASK("export const a = task((f: () => void) => f());") },
      "TG2001",
    ],
    ["a contract that cannot be read", { "tasks.contract.json": "{" }, "TG3004"],
    [
      "a project that cannot be generated",
      { "src/tasks/b.task.ts": TASK("export const then = task(() => 1);") },
      "TG1011",
    ],
    ["a package of somebody else in the way", { "out/package.json": "{}" }, "TG4002"],
  ])("writes nothing with %s", async (_, files, code) => {
    const project = await taskProject({
      "tsconfig.json": TSCONFIG,
      "src/tasks/a.task.ts": TASK("export const a = task((x: number) => x);"),
      ...files,
    });
    const { files: written, diagnostics } = await buildContractPackage({ cwd: project.cwd, config: {}, outDir: "out" });
    expect(written).toEqual([]);
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
  });

  it("does not overwrite the project itself", async () => {
    const { project } = await ordersProject();
    const before = await project.read("package.json");
    const { files, diagnostics } = await buildContractPackage({ cwd: project.cwd, config: {}, outDir: "." });
    expect(files).toEqual([]);
    expect(diagnostics.map(({ code, file }) => [code, file])).toEqual([["TG4002", "package.json"]]);
    expect(await project.read("package.json")).toBe(before);
  });
});
