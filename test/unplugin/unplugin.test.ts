import { readFile, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, context, type BuildOptions } from "esbuild";
import { createServer } from "vite";
import type { TaskgenPluginOptions } from "@taskgen/unplugin";
import { taskgen as esbuildPlugin } from "@taskgen/unplugin/esbuild";
import { taskgen as vitePlugin } from "@taskgen/unplugin/vite";
import { describe, expect, it, onTestFinished } from "vitest";
import { eventually } from "../support/eventually.js";
import { copyProject, taskgen } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";
import { BUNDLERS, bundleOf } from "./bundlers.js";

const SHOP = new URL("fixtures/shop/", import.meta.url);
const GENERATED = ["client.ts", "registry.ts"];

const generatedIn = (cwd: string): Promise<string[]> =>
  Promise.all(GENERATED.map((name) => readFile(join(cwd, "src/_generated", name), "utf8")));

const writeTask = (cwd: string, name: string, body: string): Promise<void> =>
  writeFile(join(cwd, `src/tasks/${name}.task.ts`), `import { task } from "@taskgen/core";\n${body}\n`);

/** Two tasks of one name. */
const clash = (cwd: string): Promise<void> => writeTask(cwd, "clash", "export const gross = task((x: number) => x);");

describe.each(BUNDLERS)("the plugin for $name", ({ build, watch }) => {
  it("generates the files of the command before it builds, and no task code gets into the bundle", async () => {
    const [cwd, other] = [await copyProject(SHOP), await copyProject(SHOP)];
    await build(cwd);
    await taskgen([], { cwd: other });
    expect(await generatedIn(cwd)).toEqual(await generatedIn(other));
    expect(bundleOf(cwd)).toContain("gross");
    expect(bundleOf(cwd)).not.toContain("0.0000000001");
  });

  it("ends with what is wrong with the tasks", async () => {
    const cwd = await copyProject(SHOP);
    await clash(cwd);
    await expect(build(cwd)).rejects.toThrow(/TG1003: .*gross/);
  });

  it("refuses a task file that a client imports as a value, and lets a worker's build have it", async () => {
    const cwd = await copyProject(SHOP);
    await writeFile(join(cwd, "src/main.ts"), 'export { gross } from "./tasks/price.task.js";\n');
    await expect(build(cwd)).rejects.toThrow(/src\/tasks\/price\.task\.ts holds the code of tasks/);
    await build(cwd, { client: false });
    expect(bundleOf(cwd)).toContain("1.19");
  });

  it("generates and builds again for a new file, for as long as it watches", async () => {
    const cwd = await copyProject(SHOP);
    const watching = await watch(cwd);
    onTestFinished(() => watching.close());
    expect(bundleOf(cwd)).not.toContain("discount");
    await writeTask(cwd, "discount", "export const discount = task((x: number) => x * 0.9);");
    await eventually(() => bundleOf(cwd).includes("discount"), { what: "the new stub in the bundle" });
  });
});

describe("a plugin of several builds", () => {
  const optionsOf = (cwd: string, options: TaskgenPluginOptions = {}): BuildOptions => ({
    absWorkingDir: cwd,
    entryPoints: [join(cwd, "src/main.ts")],
    ...{ write: false, bundle: true, format: "esm", external: ["@taskgen/*"], logLevel: "silent" },
    plugins: [esbuildPlugin({ cwd, ...options })],
  });
  const client = (cwd: string): Promise<string> => readFile(join(cwd, "src/_generated/client.ts"), "utf8");

  it("generates for each of them, one after the other", async () => {
    const cwd = await copyProject(SHOP);
    const options = optionsOf(cwd);
    await build(options);
    await writeTask(cwd, "discount", "export const discount = task((x: number) => x * 0.9);");
    await build(options);
    expect(await client(cwd)).toContain("discount");
  });

  it("watches until the last of them ends", async () => {
    const cwd = await copyProject(SHOP);
    const options = optionsOf(cwd);
    const [first, second] = [await context(options), await context(options)];
    onTestFinished(() => second.dispose());
    await Promise.all([first.rebuild(), second.rebuild()]);
    await first.dispose();
    await writeTask(cwd, "discount", "export const discount = task((x: number) => x * 0.9);");
    await eventually(async () => (await client(cwd)).includes("discount"), { what: "the new stub" });
  });

  it("builds although one was closed at once", async () => {
    const cwd = await copyProject(SHOP);
    const options = optionsOf(cwd);
    await (await context(options)).dispose();
    await build(options);
    expect(await client(cwd)).toContain("gross");
  });

  it("asks each for its own target", async () => {
    const cwd = await copyProject(SHOP);
    await writeFile(join(cwd, "src/main.ts"), 'export { gross } from "./tasks/price.task.js";\n');
    const options = optionsOf(cwd);
    const [browser, worker] = await Promise.allSettled([build(options), build({ ...options, platform: "node" })]);
    expect([browser.status, worker.status]).toEqual(["rejected", "fulfilled"]);
  });

  it("refuses task files of any name, also by way of a symbolic link", async () => {
    const cwd = await copyProject(SHOP);
    const link = join(await tempDir(), "linked");
    await symlink(cwd, link);
    await rename(join(cwd, "src/tasks/price.task.ts"), join(cwd, "src/tasks/price.ts"));
    await writeFile(join(cwd, "taskgen.config.mjs"), 'export default { include: ["src/tasks/*.ts"] };\n');
    await writeFile(join(cwd, "src/main.ts"), 'export { gross } from "./tasks/price.js";\n');
    await expect(build(optionsOf(link))).rejects.toThrow(/src\/tasks\/price\.ts holds the code of tasks/);
  });
});

describe("Vite's server", () => {
  it("goes on watching after it restarted", async () => {
    const cwd = await copyProject(SHOP);
    const server = await createServer({
      root: cwd,
      configFile: false,
      logLevel: "silent",
      server: { middlewareMode: true, ws: false, watch: null },
      plugins: [vitePlugin({ cwd })],
    });
    onTestFinished(() => server.close());
    await server.restart();
    await writeTask(cwd, "discount", "export const discount = task((x: number) => x * 0.9);");
    const client = (): Promise<string> => readFile(join(cwd, "src/_generated/client.ts"), "utf8");
    await eventually(async () => (await client()).includes("discount"), { what: "the new stub" });
  });

  it("shows what is wrong over the page until it is mended", async () => {
    const cwd = await copyProject(SHOP);
    const server = await createServer({
      root: cwd,
      configFile: false,
      logLevel: "silent",
      server: { middlewareMode: true, ws: false, watch: null },
      plugins: [vitePlugin({ cwd })],
    });
    onTestFinished(() => server.close());
    const sent: unknown[] = [];
    server.ws.send = (payload: unknown) => void sent.push(payload);
    await clash(cwd);
    await eventually(() => sent.length === 1, { what: "an overlay" });
    expect(sent[0]).toMatchObject({
      type: "error",
      err: {
        plugin: "taskgen",
        message: expect.stringContaining("TG1003") as string,
        loc: { file: expect.stringMatching(/^src\/tasks\//) as string },
        frame: expect.stringContaining("export const gross") as string,
      },
    });
    await writeTask(cwd, "clash", "export const net = task((x: number) => x);");
    await eventually(() => sent.length === 2, { what: "a reload" });
    expect(sent[1]).toEqual({ type: "full-reload" });
  });
});
