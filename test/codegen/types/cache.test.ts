import { mkdir, rm, symlink } from "node:fs/promises";
import { TypePhase, type TypesRead } from "@taskgen/codegen";
import { describe, expect, it } from "vitest";
import { runScript } from "../../support/run-script.js";
import { taskProject, type TaskProject } from "../../support/task-project.js";
import { mergeProject } from "../../../packages/codegen/dist/type-phase/extract-files.js";
import { FileHashes } from "../../../packages/codegen/dist/type-phase/file-hashes.js";
import { SERIALIZATION, TSCONFIG, typedProject, typesInput, typesOf } from "../../support/type-project.js";

const SHARED =
  'export interface Shared { readonly id: string; readonly kind: "a" }\nexport const limit = (): number => 10;\n';
const A = `
import { task } from "@taskgen/core";
import type { Shared } from "../shared.js";
export const a = task((shared: Shared, n: number): string => {
  return shared.id.repeat(n);
});
`;
const B = `
import { task } from "@taskgen/core";
export const b = task((n: number) => n);
`;
const CALLS = `
import { task } from "@taskgen/core";
import { tasks } from "../_generated/client.js";
export const calls = task(async () => await tasks.b.delay(1).get());
`;

const [FILE_A, FILE_B, FILE_CALLS] = ["src/tasks/a.task.ts", "src/tasks/b.task.ts", "src/tasks/calls.task.ts"] as const;
const ALL = [FILE_A, FILE_B, FILE_CALLS];

/** A project whose types have been read once. */
async function knownProject(): Promise<TaskProject> {
  const project = await typedProject({ "src/shared.ts": SHARED, [FILE_A]: A, [FILE_B]: B, [FILE_CALLS]: CALLS });
  expect((await typesOf(project)).extracted).toEqual(ALL);
  return project;
}

const manifestOf = (file: string): string =>
  `{ "name": "@acme/model", "type": "module", "exports": { ".": "./${file}" } }`;

/** A project whose types come from another workspace. */
async function linkedProject(): Promise<{ readonly project: TaskProject; readonly linked: TaskProject }> {
  const linked = await taskProject({
    "package.json": manifestOf("one.ts"),
    "one.ts": SHARED,
    "two.ts": SHARED.replace("id: string", "id: string; readonly more: Date"),
  });
  const project = await typedProject({ [FILE_A]: A.replace("../shared.js", "@acme/model"), [FILE_B]: B });
  await mkdir(project.path("node_modules/@acme"));
  await symlink(linked.cwd, project.path("node_modules/@acme/model"));
  return { project, linked };
}

const resultOf = ({ types }: TypesRead, task: string): unknown => types.get(task)?.result;

describe("types that are known", () => {
  it("are not read again when nothing has changed", async () => {
    const project = await knownProject();
    const { extracted, types } = await typesOf(project);
    expect(extracted).toEqual([]);
    expect([...types.keys()]).toEqual(["a", "b", "calls"]);
  });

  it.each<[string, (project: TaskProject) => Promise<void>, readonly string[]]>([
    ["a parameter", (p) => p.write({ [FILE_A]: A.replace("n: number", "n: bigint") }), [FILE_A, FILE_CALLS]],
    ["an inferred result", (p) => p.write({ [FILE_B]: B.replace("=> n)", "=> `${n}`)") }), [FILE_B, FILE_CALLS]],
    ["an import's type", (p) => p.write({ "src/shared.ts": SHARED.replace('"a"', '"b"') }), [FILE_A, FILE_CALLS]],
    ["the name of a task", (p) => p.write({ [FILE_A]: A.replace("const a", "const z") }), [FILE_A, FILE_CALLS]],
    ["compiler options", (p) => p.write({ "tsconfig.json": JSON.stringify({ ...TSCONFIG, exclude: ["x"] }) }), ALL],
    ["package.json", (p) => p.write({ "package.json": '{ "name": "other", "type": "module" }\n' }), ALL],
    ["the lock file", (p) => p.write({ "package-lock.json": "{}\n" }), ALL],
    ["a declaration of globals", (p) => p.write({ "src/globals.d.ts": "interface Late {}\n" }), ALL],
    ["the cache itself", (p) => rm(p.path("node_modules/.cache"), { recursive: true }), ALL],
    ["a damaged cache", (p) => p.write({ "node_modules/.cache/taskgen/types.records": "{" }), ALL],
    ["what is not used", (p) => p.write({ "src/other.ts": "export {};\n", "README.md": "#\n" }), []],
    ["comments", (p) => p.write({ [FILE_B]: `/** Doc. */\n${B}// end\n`, "src/shared.ts": `// x\n${SHARED}` }), []],
    [
      "the body of a function with a written result",
      (p) => p.write({ [FILE_A]: A.replace("repeat(n)", "slice(n)") }),
      [],
    ],
    ["the body of a function that is imported", (p) => p.write({ "src/shared.ts": SHARED.replace("10", "20") }), []],
  ])("are read again as far as %s matters", async (_, change, extracted) => {
    const project = await knownProject();
    await change(project);
    const again = await typesOf(project);
    expect(again.extracted).toEqual(extracted);
    expect((await typesOf(project)).extracted).toEqual([]);
  });

  it("follow a file that comes and goes", async () => {
    const project = await knownProject();
    await project.write({ "src/tasks/new.task.ts": B.replace("const b", "const fresh") });
    const grown = await typesOf(project);
    expect(grown.extracted).toEqual([FILE_CALLS, "src/tasks/new.task.ts"]);
    await rm(project.path("src/tasks/new.task.ts"));
    expect([...(await typesOf(project)).types.keys()]).toEqual(["a", "b", "calls"]);
  });

  it("follow an import that is not there yet", async () => {
    const project = await typedProject({ [FILE_A]: A });
    const before = await typesOf(project);
    expect(before.diagnostics.map(({ code }) => code)).toEqual(["TG2008"]);
    await project.write({ "src/shared.ts": SHARED });
    const after = await typesOf(project);
    expect(after.diagnostics).toEqual([]);
    expect(after.extracted).toEqual([FILE_A]);
  });

  it("follow a package that is installed later", async () => {
    const project = await typedProject({ [FILE_A]: A.replace("../shared.js", "shared-model") });
    expect((await typesOf(project)).diagnostics.map(({ code }) => code)).toEqual(["TG2008"]);
    await project.write({
      "node_modules/shared-model/package.json": '{ "name": "shared-model", "version": "1.0.0", "types": "index.d.ts" }',
      "node_modules/shared-model/index.d.ts": SHARED.replace(" => 10", "").replace("= (): number", ": () => number"),
    });
    expect((await typesOf(project)).diagnostics).toEqual([]);
    expect((await typesOf(project)).extracted).toEqual([]);
    await project.write({
      "node_modules/shared-model/package.json": '{ "name": "shared-model", "version": "2.0.0", "types": "index.d.ts" }',
    });
    expect((await typesOf(project)).extracted).toEqual([FILE_A]);
  });

  it("follow types that are generated into node_modules", async () => {
    const client = "node_modules/.prisma/client/index.d.ts";
    const project = await typedProject({
      [FILE_A]: A.replace("../shared.js", "prisma-like"),
      "node_modules/prisma-like/package.json": '{ "name": "prisma-like", "version": "1.0.0", "types": "index.d.ts" }',
      "node_modules/prisma-like/index.d.ts": 'export * from ".prisma/client";\n',
      "node_modules/.prisma/client/package.json": '{ "name": ".prisma/client", "types": "index.d.ts" }',
      [client]: "export interface Shared { id: string }\n",
    });
    expect((await typesOf(project)).diagnostics).toEqual([]);
    expect((await typesOf(project)).extracted).toEqual([]);
    await project.write({ [client]: "export interface Shared { id: string; email: string }\n" });
    const { extracted, types } = await typesOf(project);
    expect(extracted).toEqual([FILE_A]);
    expect(JSON.stringify(types.get("a"))).toContain("email");
  });

  it("follow what the package.json of a linked workspace exports", async () => {
    const { project, linked } = await linkedProject();
    expect((await typesOf(project)).diagnostics).toEqual([]);
    expect((await typesOf(project)).extracted).toEqual([]);
    await linked.write({ "package.json": manifestOf("two.ts") });
    const { extracted, types } = await typesOf(project);
    expect(extracted).toEqual([FILE_A, FILE_B]);
    expect(JSON.stringify(types.get("a"))).toContain("more");
  });

  it("belong to the text that the compiler read, not to the one that is there when it is done", async () => {
    const project = await typedProject({ [FILE_B]: "// later\n" });
    const empty = { settings: [], globals: [], entries: new Map() };
    const entry = {
      types: { tasks: {}, diagnostics: [] },
      digest: "",
      contracts: {},
      isComplete: true,
      isWhole: true,
      tasks: "[]",
      dependencies: [],
      absent: [],
    };
    const merged = mergeProject(
      { ...empty, environment: "", settings: new Map(), files: new Map() },
      {
        fresh: {
          ...empty,
          entries: new Map([[FILE_B, entry]]),
          files: new Map([[FILE_B, { content: "of what was read", shape: "then", imports: {} }]]),
        },
        stale: { changed: new Set(), reshaped: new Set(), appeared: new Set() },
        wanted: new Set([FILE_B]),
        hashes: new FileHashes(project.cwd),
      },
    );
    expect(merged.files.get(FILE_B)).toEqual({ content: "of what was read", shape: "then", imports: {} });
  });

  it("are not read again because of a byte order mark", async () => {
    const project = await typedProject({ [FILE_B]: `\uFEFF${B}` });
    expect((await typesOf(project)).types.size).toBe(1);
    expect((await typesOf(project)).extracted).toEqual([]);
  });

  it("keep their diagnostics, and tell them at the right line after lines were added", async () => {
    const vague = B.replace("n: number", "n: any");
    const project = await typedProject({ [FILE_B]: vague });
    const lines = async (): Promise<(number | undefined)[]> =>
      (await typesOf(project)).diagnostics.map(({ at }) => at?.line);
    const [first] = await lines();
    expect(await lines()).toEqual([first, first]);
    await project.write({ [FILE_B]: `// one\n// two\n${vague}` });
    expect(await lines()).toEqual([Number(first) + 2, Number(first) + 2]);
  });

  it("depend on how findings are reported", async () => {
    const project = await typedProject({ [FILE_B]: B.replace("n: number", "n: any") });
    const severities = async (any: "error" | "warning" | "off"): Promise<unknown[]> =>
      (await typesOf(project, { any })).diagnostics.map(({ severity }) => severity);
    expect(await severities("warning")).toEqual(["warning", "warning"]);
    expect(await severities("error")).toEqual(["error", "error"]);
    expect(await severities("off")).toEqual([]);
  });

  it("need no compiler", async () => {
    const project = await knownProject();
    await project.write({
      "read.mjs": `
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Generator, readTypes } from "@taskgen/codegen";
const cwd = fileURLToPath(new URL(".", import.meta.url));
const { tasks, files } = await new Generator(cwd, {}).run({ check: true });
const overlay = Object.fromEntries(files.map(({ path, text }) => [path, text]));
const serialization = ${JSON.stringify(SERIALIZATION)};
const isLoaded = () => Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes("ts-morph"));
const { types } = await readTypes({ cwd, tasks, overlay, serialization });
const before = isLoaded();
await readTypes({ cwd, tasks, overlay, serialization: { ...serialization, any: "off" } });
console.log(JSON.stringify({ tasks: types.size, before, after: isLoaded() }));
`,
    });
    expect(await runScript(project.path("read.mjs"))).toEqual({ tasks: 3, before: false, after: true });
  });
});

describe("a phase that lives on", () => {
  it("reads what has changed and nothing else, in memory", async () => {
    const project = await knownProject();
    await rm(project.path("node_modules/.cache"), { recursive: true });
    const phase = new TypePhase({ cwd: project.cwd, serialization: SERIALIZATION });
    const read = async (...changed: string[]): Promise<TypesRead> =>
      await phase.read({ ...(await typesInput(project)), ...(changed.length > 0 && { changed }) });
    expect((await read()).extracted).toEqual(ALL);
    expect((await read()).extracted).toEqual([]);
    await project.write({ [FILE_B]: B.replace("=> n)", "=> [n])") });
    const second = await read(FILE_B);
    expect(second.extracted).toEqual([FILE_B, FILE_CALLS]);
    expect(resultOf(second, "calls")).toEqual({ kind: "array", element: { kind: "number" } });
    await project.write({ "src/shared.ts": SHARED.replace("id: string", "id: string; readonly more: Later") });
    expect((await read("src/shared.ts")).diagnostics.map(({ code }) => code)).toEqual(["TG2008"]);
    await project.write({ "src/shared.ts": SHARED });
    const third = await read("src/shared.ts");
    expect(third.extracted).toEqual([FILE_A, FILE_CALLS]);
    expect(third.diagnostics).toEqual([]);
    await project.write({ [FILE_B]: `\n${B}` });
    expect(resultOf(await read(FILE_B), "b")).toEqual({ kind: "number" });
    phase.save();
    expect((await typesOf(project)).extracted).toEqual([]);
  });

  it("reads a file that was not imported for a while as it is now", async () => {
    const project = await knownProject();
    const phase = new TypePhase({ cwd: project.cwd, serialization: SERIALIZATION });
    const read = async (...changed: string[]): Promise<TypesRead> =>
      await phase.read({ ...(await typesInput(project)), ...(changed.length > 0 && { changed }) });
    await rm(project.path("node_modules/.cache"), { recursive: true });
    await read();
    await project.write({ [FILE_A]: B.replace("const b", "const a") });
    await read(FILE_A);
    await project.write({ "src/shared.ts": SHARED.replace("id: string", "id: string; readonly more: Date") });
    await read("src/shared.ts");
    await project.write({ [FILE_A]: A });
    expect(JSON.stringify((await read(FILE_A)).types.get("a"))).toContain("more");
  });

  it("looks at the files of other workspaces by itself", async () => {
    const { project, linked } = await linkedProject();
    const phase = new TypePhase({ cwd: project.cwd, serialization: SERIALIZATION });
    const input = await typesInput(project);
    await phase.read(input);
    await linked.write({ "one.ts": await linked.read("two.ts") });
    const { extracted, types } = await phase.read({ ...input, changed: [FILE_B] });
    expect(extracted).toEqual([FILE_A]);
    expect(JSON.stringify(types.get("a"))).toContain("more");
  });

  it("is told of changes in paths of any system", async () => {
    const project = await knownProject();
    const phase = new TypePhase({ cwd: project.cwd, serialization: SERIALIZATION });
    const input = await typesInput(project);
    await phase.read(input);
    await project.write({ [FILE_B]: B.replace("=> n)", "=> [n])") });
    const second = await phase.read({ ...input, changed: [FILE_B.replaceAll("/", "\\")] });
    expect(second.extracted).toEqual([FILE_B, FILE_CALLS]);
  });
});
