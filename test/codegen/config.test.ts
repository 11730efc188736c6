import { formatDiagnostics, loadConfig, type Diagnostic } from "@taskgen/codegen";
import { describe, expect, it } from "vitest";
import { type Files, taskProject } from "../support/task-project.js";

const load = async (files: Files, explicit?: string): ReturnType<typeof loadConfig> =>
  await loadConfig((await taskProject(files)).cwd, explicit);

const messages = (diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics.map(({ code, severity, message }) => `${severity} ${code}: ${message}`);

describe("loadConfig", () => {
  it("needs no file", async () => {
    expect(await load({})).toEqual({ config: {}, file: undefined, diagnostics: [] });
  });

  it.each(["ts", "mts", "js", "mjs"])("loads taskgen.config.%s", async (ending) => {
    const project = await taskProject({ [`taskgen.config.${ending}`]: 'export default { rootDir: "lib" };\n' });
    const { config, file, diagnostics } = await loadConfig(project.cwd);
    expect(config).toEqual({ rootDir: "lib" });
    expect(file).toBe(project.path(`taskgen.config.${ending}`));
    expect(diagnostics).toEqual([]);
  });

  it("loads TypeScript that computes and imports", async () => {
    const { config } = await load({
      "taskgen.config.ts":
        'import { folder } from "./folder.js";\nexport default { rootDir: `${folder satisfies string}/x` };\n',
      "folder.ts": 'export const folder: string = "lib";\n',
    });
    expect(config).toEqual({ rootDir: "lib/x" });
  });

  it("loads TypeScript where the package is CommonJS", async () => {
    const { config } = await load({
      "package.json": '{ "name": "project" }\n',
      "taskgen.config.ts": "const rootDir: string = [`l`, `ib`].join(``);\nexport default { rootDir };\n",
    });
    expect(config).toEqual({ rootDir: "lib" });
  });

  it("loads the file that is named", async () => {
    const { config } = await load({ "configs/a.mjs": 'export default { outDir: "out" };\n' }, "configs/a.mjs");
    expect(config).toEqual({ outDir: "out" });
  });

  it("sees every change of a file made of literals", async () => {
    const project = await taskProject({});
    for (const rootDir of ["a", "b", "a"]) {
      const text = `import type { TaskgenConfig } from "@taskgen/codegen";\n// literals\nexport default { rootDir: "${rootDir}" } satisfies TaskgenConfig;\n`;
      await project.write({ "taskgen.config.ts": text });
      for (let run = 0; run < 2; run++) expect((await loadConfig(project.cwd)).config).toEqual({ rootDir });
    }
  });

  it("does not keep what a file computes", async () => {
    const project = await taskProject({
      "taskgen.config.ts":
        'import { readFileSync } from "node:fs";\nexport default { rootDir: readFileSync(new URL("./name", import.meta.url), "utf8") };\n',
    });
    for (const rootDir of ["a", "b"]) {
      await project.write({ name: rootDir });
      expect((await loadConfig(project.cwd)).config).toEqual({ rootDir });
    }
  });

  it("refuses an unknown setting and says which one was meant", async () => {
    const { diagnostics } = await load({
      "taskgen.config.ts": 'export default {\n  incldue: ["a"],\n  banana: 1,\n};\n',
    });
    expect(formatDiagnostics(diagnostics, "pretty")).toMatchInlineSnapshot(`
      "taskgen.config.ts:2:3 - error TG4001: "incldue" is not a setting

      2   incldue: ["a"],
          ~~~~~~~

        fix: did you mean "include"?

      taskgen.config.ts:3:3 - error TG4001: "banana" is not a setting

      3   banana: 1,
          ~~~~~~

        fix: use one of include, exclude, outDir, rootDir, app, importExtension, client, validators, serialization, contract, worker"
    `);
  });

  it("refuses values of the wrong shape", async () => {
    const { diagnostics } = await load({
      "taskgen.config.mjs": 'export default { include: [], rootDir: 3, app: "a#b#c", importExtension: ".jsx" };\n',
    });
    expect(diagnostics.map(({ at }) => at?.column)).toEqual([18, 31, 43, 57]);
    expect(messages(diagnostics)).toEqual([
      expect.stringContaining("error TG4001: include: "),
      expect.stringContaining("error TG4001: rootDir: "),
      'error TG4001: app: expected a path such as "src/app.ts" or "src/app.ts#name"',
      expect.stringContaining("error TG4001: importExtension: "),
    ]);
  });

  it("says why a file cannot be used", async () => {
    const throws = await load({ "taskgen.config.mjs": 'throw new Error("no luck");\n' });
    expect(messages(throws.diagnostics)).toEqual(["error TG4001: the configuration cannot be loaded: no luck"]);
    const empty = await load({ "taskgen.config.mjs": "export const config = {};\n" });
    expect(messages(empty.diagnostics)).toEqual(["error TG4001: the configuration has no default export"]);
    const missing = await load({}, "absent.ts");
    expect(messages(missing.diagnostics)).toEqual(['error TG4001: the configuration "absent.ts" does not exist']);
    const two = await load({
      "taskgen.config.ts": "export default {};\n",
      "taskgen.config.mjs": "export default {};\n",
    });
    expect(messages(two.diagnostics)).toEqual([
      "error TG4001: there are several configurations: taskgen.config.ts, taskgen.config.mjs",
    ]);
  });
});

describe("worker.setup", () => {
  it("is one module or a list, and each must exist", async () => {
    const task = 'import { task } from "@taskgen/core";\nexport const one = task(() => 1);\n';
    const project = await taskProject({ "src/one.task.ts": task, "src/pool.ts": "export const setUp = () => {};\n" });
    expect((await project.generate({ worker: { setup: "src/pool.ts" } })).diagnostics).toEqual([]);
    expect(await project.read("src/_generated/registry.ts")).toContain(
      '{ source: "src/pool.ts", load: () => import("../pool.js") },',
    );
    const { diagnostics } = await project.generate({ worker: { setup: ["src/pool.ts", "src/absent.ts"] } });
    expect(messages(diagnostics)).toEqual(['error TG4001: the module of set-up, "src/absent.ts", does not exist']);
  });

  it("is checked", async () => {
    const { diagnostics } = await load({ "taskgen.config.js": "export default { worker: { setUp: 1 } };\n" });
    expect(diagnostics).toMatchObject([{ message: '"worker.setUp" is not a setting', fix: 'did you mean "setup"?' }]);
  });
});
