import { readFile, writeFile } from "node:fs/promises";
import type { TypesRead } from "@taskgen/codegen";
import { expect, it } from "vitest";
import type { TaskProject } from "../../support/task-project.js";
import { TSCONFIG, typedProject, typesOf } from "../../support/type-project.js";

const FILE = "src/tasks/one.task.ts";
const INDEX = "node_modules/.cache/taskgen/ambient.json";

/** A task whose result is inferred, after an import of its own. */
const one = (body: string, before = ""): string => `import { task } from "@taskgen/core";
${before}
export const only = task((id: string) => ${body});
`;

/** Declarations of a neighbour: a barrel, and what is behind it. */
const SHARED = {
  "shared/index.d.ts": `export { make, type Made } from "./make.js";
export { other } from "./other.js";
export { lead } from "./lead.js";
export type * as names from "./names.js";
`,
  "shared/make.d.ts":
    "export interface Made { readonly id: string }\nexport declare function make(id: string): Made;\n",
  "shared/other.d.ts": "export declare const other: { readonly other: 1 };\n",
  "shared/lead.d.ts":
    'import type { State } from "@taskgen/core";\nexport declare const lead: { readonly state: State };\n',
  "shared/names.d.ts": "export interface Name { readonly first: string }\n",
};

/** The same without what keeps it from being read in parts. */
const BARREL = SHARED["shared/index.d.ts"].replace(/export type \* .*\n/, "");

/** `other.d.ts` with a second meaning for all. */
const GLOBAL =
  "declare global { interface Date { getTime(): 7 } }\nexport declare const other: { readonly other: 1 };\n";

const FROM_SHARED = 'import { make } from "../../shared/index.js";';

async function project(files: Readonly<Record<string, string>> = {}): Promise<TaskProject> {
  const made = await typedProject({
    ...SHARED,
    "shared/index.d.ts": BARREL,
    [FILE]: one("make(id)", FROM_SHARED),
    ...files,
  });
  await typesOf(made);
  return made;
}

const plain = ({ types, contracts, revision, diagnostics }: TypesRead): unknown => [
  [...types],
  [...contracts],
  revision,
  diagnostics,
];

const resultOf = async (made: TaskProject): Promise<unknown> => (await typesOf(made)).types.get("only")?.result;

/** Body and import of a task. */
const CHANGES: readonly (readonly [body: string, before?: string])[] = [
  ["helped()", 'import { helped } from "helper";'],
  ["[make(id)]", FROM_SHARED],
  ["({ made: make(id) })", 'import { make } from "../again.js";'],
  ["({ made: shared.make(id), ...shared.other })", 'import * as shared from "../../shared/index.js";'],
  ["[other.other] as const", 'import { other } from "../../shared/index.js";'],
  ["({ ...lead })", 'import { lead } from "../../shared/index.js";'],
  ["core.currentTask().attempt", 'import * as core from "@taskgen/core";'],
  ["currentTask().id", 'import { currentTask } from "@taskgen/core";'],
  ["[state] as const", 'import type { State } from "@taskgen/core";\ndeclare const state: State;'],
  ['({ found: {} as import("@taskgen/core").Settled<number> })'],
  ["missing", 'import { missing } from "../../shared/index.js";'],
];

it("a changed file has the types that it has when all is read, whatever it asks of barrels", async () => {
  const files = {
    "src/again.ts": 'export * from "../shared/index.js";\n',
    "node_modules/helper/package.json":
      '{ "name": "helper", "version": "1.0.0", "type": "module", "types": "index.d.ts" }',
    "node_modules/helper/index.d.ts":
      'import type { Settled } from "@taskgen/core";\nexport declare function helped(): Settled<1> extends string ? 1 : 2;\n',
  };
  const made = await project(files);
  for (const [body, before] of CHANGES) {
    await made.write({ [FILE]: one(body, before) });
    const read = await typesOf(made);
    expect(read.extracted, body).toEqual([FILE]);
    const anew = await project({ ...files, [FILE]: one(body, before) });
    expect(plain(read), body).toEqual(plain(await typesOf(anew)));
  }
});

it("a changed file is read with what it needs of a barrel", async () => {
  const made = await project();
  const text = await readFile(made.path(INDEX), "utf8");
  const other = text.replace(/export \{ make, [^;]*;/, 'export { other as make } from \\"./other.js\\";');
  expect(other === text).toBe(false);
  await writeFile(made.path(INDEX), other);
  await made.write({ [FILE]: one("[make.other] as const", FROM_SHARED) });
  expect(await resultOf(made)).toMatchObject({ kind: "tuple", elements: [{ type: { kind: "literal", value: 1 } }] });
});

it.each([
  ["the barrel", "make(id)", { "shared/index.d.ts": BARREL.replace("./make.js", "./seven.js") }],
  ["what is behind it", "[make(id).id, new Date().getTime()] as const", { "shared/other.d.ts": GLOBAL }],
])("what is kept of a barrel is not used once %s has changed", async (_, body, change) => {
  const made = await project({
    "shared/seven.d.ts": "export interface Made { readonly id: 7 }\nexport declare function make(id: string): 7;\n",
  });
  await made.write(change);
  await typesOf(made);
  await made.write({ [FILE]: one(body, FROM_SHARED) });
  expect(JSON.stringify(await resultOf(made))).toContain('"value":7');
});

it("a file depends on all that is behind a barrel, whatever was read of it", async () => {
  const made = await project();
  await made.write({ [FILE]: one("[make(id).id, new Date().getTime()] as const", FROM_SHARED) });
  await typesOf(made);
  await made.write({ "shared/other.d.ts": GLOBAL });
  const read = await typesOf(made);
  expect(read.extracted).toEqual([FILE]);
  expect(JSON.stringify(read.types.get("only")?.result)).toContain('"value":7');
});

it("a barrel that does more than to name is read as a whole", async () => {
  const made = await project({
    "shared/index.d.ts": SHARED["shared/index.d.ts"],
    "shared/other.d.ts": GLOBAL,
  });
  await made.write({ [FILE]: one("[make(id).id, new Date().getTime()] as const", FROM_SHARED) });
  expect(JSON.stringify(await resultOf(made))).toContain('"value":7');
  expect(await readFile(made.path(INDEX), "utf8")).not.toContain("shared/index.d.ts");
});

it("what declares globals behind a barrel is always read", async () => {
  const made = await project({
    "shared/other.d.ts": GLOBAL,
  });
  await made.write({ [FILE]: one("[make(id).id, new Date().getTime()] as const", FROM_SHARED) });
  expect(JSON.stringify(await resultOf(made))).toContain('"value":7');
});

/** Projects whose dates have a time of their own, declared behind what is left out. */
const OWN_DATES = {
  "by what it imports, which something else imports through the barrel": {
    "shared/index.d.ts": `${BARREL}export { around } from "./around.js";\n`,
    "shared/around.d.ts":
      'import type { Made } from "./index.js";\ndeclare global { interface Around {} }\nexport declare const around: Made;\n',
    "shared/other.d.ts": 'import "./dates.js";\nexport declare const other: { readonly other: 1 };\n',
    "shared/dates.d.ts": "export {};\ndeclare global { interface Date { getTime(): 7 } }\n",
  },
  "by what it imports, and something else does too, after others": {
    "shared/index.d.ts": `${BARREL}export {} from "./around.js";\n`,
    "shared/around.d.ts": 'import "./dates.js";\nimport "./eights.js";\n',
    "shared/other.d.ts": 'import "./eights.js";\nexport declare const other: { readonly other: 1 };\n',
    "shared/dates.d.ts": "export {};\ndeclare global { interface Date { getTime(): 7 } }\n",
    "shared/eights.d.ts": "export {};\ndeclare global { interface Date { getTime(): 8 } }\n",
  },
  "by the sources of a project that it refers to": {
    "tsconfig.json": JSON.stringify({ ...TSCONFIG, references: [{ path: "./referred" }] }),
    "referred/tsconfig.json": JSON.stringify({
      compilerOptions: { ...TSCONFIG.compilerOptions, composite: true, rootDir: "src", outDir: "out" },
      include: ["src"],
    }),
    "referred/src/dates.ts": "export {};\ndeclare global { interface Date { getTime(): 7 } }\n",
    "referred/src/other.ts": 'import "./dates.js";\nexport const other = { other: 1 };\n',
    "shared/index.d.ts": BARREL.replace("./other.js", "../referred/out/other.js"),
  },
};

it.each(Object.entries(OWN_DATES))("globals that are declared behind a barrel count: %s", async (_, files) => {
  const made = await project();
  await made.write(files);
  await typesOf(made);
  await made.write({ [FILE]: one("[make(id).id, new Date().getTime()] as const", FROM_SHARED) });
  expect(JSON.stringify(await resultOf(made))).toContain('"value":7');
});

it("a name that a module behind a barrel gives to scripts counts", async () => {
  const made = await project({
    "shared/other.d.ts": "export as namespace Other;\nexport type Seven = 7;\nexport declare const other: unknown;\n",
  });
  await typesOf(made, { any: "off" });
  await made.write({ [FILE]: one("(make(id), id as Exclude<7 | 8, Other.Seven>)", FROM_SHARED) });
  const read = await typesOf(made, { any: "off" });
  expect(read.types.get("only")?.result).toEqual({ kind: "literal", value: 8 });
});

it("what is kept of a barrel is not used once another file is taken for one behind it", async () => {
  const made = await project();
  const body = "[make(id).id, new Date().getTime()] as const";
  await made.write({
    "shared/other.ts": GLOBAL.replace("declare const other: { readonly other: 1 }", "const other = 1"),
  });
  await made.write({ [FILE]: one(body, FROM_SHARED) });
  expect(JSON.stringify(await resultOf(made))).toContain('"value":7');
  await made.write({ [FILE]: one(`[${body}]`, FROM_SHARED) });
  expect(JSON.stringify(await resultOf(made))).toContain('"value":7');
});

/** Shows where a declaration comes from: what is kept of the platform says something else. */
async function mislead(made: TaskProject): Promise<void> {
  const text = await readFile(made.path(INDEX), "utf8");
  await writeFile(made.path(INDEX), text.replaceAll("toISOString():string", "toISOString():7"));
}

const HELPER = {
  "node_modules/helper/package.json":
    '{ "name": "helper", "version": "1.0.0", "type": "module", "types": "index.d.ts" }',
  "node_modules/helper/helped.d.ts": "export declare function helped(): 1;\n",
};

it.each([
  ["an installed package", 'export { helped } from "./helped.js";\nexport { helped as again } from "./helped.js";\n'],
  ["a linked package that an installed one alone imports", 'export { make as helped } from "../../shared/index.js";\n'],
])("a changed file is read with as much as it needs where there is a barrel of %s", async (_, index) => {
  const before = 'import { helped } from "helper";';
  const made = await project({
    ...HELPER,
    "node_modules/helper/index.d.ts": index,
    [FILE]: one('helped("")', before),
  });
  await mislead(made);
  await made.write({ [FILE]: one('[helped(""), new Date().toISOString()]', before) });
  expect(JSON.stringify(await resultOf(made))).toContain('"value":7');
});

it("a changed file is read with as much as it needs once nobody uses a barrel any more", async () => {
  const made = await project();
  for (const body of ["id", "[id]"]) {
    await made.write({ [FILE]: one(body) });
    await typesOf(made);
  }
  await mislead(made);
  await made.write({ [FILE]: one("new Date().toISOString()") });
  expect(await resultOf(made)).toMatchObject({ value: 7 });
});
