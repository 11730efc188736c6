import { fileURLToPath } from "node:url";
import { readdir, readFile, stat } from "node:fs/promises";
import { readContract, shortHash } from "@taskgen/codegen";
import { describe, expect, it } from "vitest";
import { emitPackageCode, emitPackageTypes } from "../../packages/codegen/dist/emit/package.js";
import { KINDS } from "./kinds.js";
import { ordersProject } from "./orders.js";
import { kindsProject } from "./portable-project.js";

const expected = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
/** What the hashes are is a matter of the contract. */
const withoutHashes = (text: string): string => text.replace(/"[0-9a-f]{16}"/g, '"0123456789abcdef"');

const CONTRACT = "tasks.contract.json";
const FILES = ["index.d.ts", "index.js", "package.json", "tasks.contract.json"];

describe("a portable package", { timeout: 120_000 }, () => {
  it("is a file of types, stubs, the contract and a manifest", async () => {
    const { build, project } = await ordersProject();
    const { files, diagnostics } = await build();
    expect(diagnostics).toEqual([]);
    expect(files.map(({ path, status }) => [path, status])).toEqual(
      FILES.map((name) => [`dist/contract/${name}`, "written"]),
    );
    expect((await readdir(project.path("dist/contract"))).toSorted()).toEqual(FILES);
    for (const name of FILES.filter((file) => file !== CONTRACT)) {
      const text = await project.read(`dist/contract/${name}`);
      await expect(withoutHashes(text)).toMatchFileSnapshot(expected(`orders/${name}`));
    }
  });

  it("holds the contract whose hashes its stubs send", async () => {
    const { build, project, tasks } = await ordersProject();
    await build();
    const { contract, diagnostics } = await readContract(project.cwd, `dist/contract/${CONTRACT}`);
    expect(diagnostics).toEqual([]);
    expect(Object.keys(contract?.tasks ?? {})).toEqual(tasks.map(({ name }) => name).toSorted());
    const code = await project.read("dist/contract/index.js");
    for (const [name, task] of Object.entries(contract?.tasks ?? {})) {
      expect(code).toMatch(new RegExp(`stub\\(app, "${name}", \\{.*hash: "${shortHash(task.contract)}"`));
    }
  });

  it("prints every kind of type, each equal to its source", async () => {
    const { build, project } = await kindsProject(KINDS);
    expect((await build()).diagnostics).toEqual([]);
    await expect(await project.read("dist/contract/index.d.ts")).toMatchFileSnapshot(expected("kinds/index.d.ts"));
  });

  it("holds nothing of the tasks' code and of what it imports", async () => {
    const { build } = await ordersProject();
    for (const { text } of (await build()).files) {
      expect(text).not.toMatch(/code-of-the-service|zod|readFileSync|\.task\.js|node_modules/);
    }
  });

  it("is written only where it changes", async () => {
    const { build, project } = await ordersProject();
    await build();
    const before = await stat(project.path("dist/contract/index.d.ts"), { bigint: true });
    const { files } = await build();
    expect(files.map(({ status }) => status)).toEqual(FILES.map(() => "unchanged"));
    const after = await stat(project.path("dist/contract/index.d.ts"), { bigint: true });
    expect(after.mtimeNs).toBe(before.mtimeNs);
  });

  it.each(["package.json", "index.js", "index.d.ts"])("does not overwrite a %s of somebody else", async (name) => {
    const { build, project } = await ordersProject();
    await project.write({ [`dist/contract/${name}`]: "{}\n" });
    const { files, diagnostics } = await build();
    expect(files).toEqual([]);
    expect(diagnostics.map(({ code, file }) => [code, file])).toEqual([["TG4002", `dist/contract/${name}`]]);
    expect(await readFile(project.path(`dist/contract/${name}`), "utf8")).toBe("{}\n");
  });

  it("has no stubs without tasks", () => {
    const content = { tasks: [], types: new Map(), contracts: new Map() };
    expect(emitPackageTypes(content)).toContain("export type Tasks = {};");
    expect(emitPackageCode(content)).toContain("createTasks(_app) {\n  return {};\n}");
  });
});
