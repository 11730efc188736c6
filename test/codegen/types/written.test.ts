import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { TypesRead } from "@taskgen/codegen";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TypesCache } from "../../../packages/codegen/dist/type-phase/cache.js";
import { runScript } from "../../support/run-script.js";
import type { Files, TaskProject } from "../../support/task-project.js";
import { SERIALIZATION, TSCONFIG, typedProject, typesOf } from "../../support/type-project.js";
import { readTwice } from "../../support/written-tasks.js";
import { DECLARATIONS, type } from "./written-types.js";

const FIXTURES = new URL("./fixtures/", import.meta.url);

/** The names of the tasks of which syntax tells the types; a checker must have said the same, to the order of keys. */
async function toldBySyntax(project: TaskProject): Promise<string[]> {
  const told = (await readTwice(project)).filter(({ written }) => written !== undefined);
  for (const { name, checked, written } of told) {
    expect(JSON.stringify({ name, types: written })).toBe(JSON.stringify({ name, types: checked }));
  }
  return told.map(({ name }) => name);
}

describe("types that are written out", () => {
  it.each(readdirSync(FIXTURES).toSorted())("%s: are what the checker says, or are left to it", async (name) => {
    const project = await typedProject(new URL(`${name}/project/`, FIXTURES));
    await typesOf(project, name === "registered" ? { registered: ["Money"] } : {});
    await toldBySyntax(project);
  });

  it("are read without a checker", async () => {
    const project = await typedProject({ "src/model.ts": MODEL, ...Object.fromEntries(PARAMETERS.map(fileOf)) });
    expect((await typesOf(project)).diagnostics).toEqual([]);
    const names = PARAMETERS.flatMap(([name]) => [`${name}.one`, `${name}.two`]);
    expect((await toldBySyntax(project)).toSorted()).toEqual(names.toSorted());
  });

  it("of any kind are what the checker says, or are left to it", { timeout: 120_000 }, async () => {
    let told = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(type, type), { minLength: 60, maxLength: 60 }), async (pairs) => {
        const tasks = pairs.map(
          ([a, b], i) =>
            `export const t${i} = task((a: ${a.text}, b?: ${b.text}): Promise<${a.text}> => { throw [a, b]; });`,
        );
        const text = [`import { task } from "@taskgen/core";`, DECLARATIONS, ...tasks].join("\n");
        const project = await typedProject({ "src/tasks/fuzz.task.ts": text });
        await typesOf(project);
        told += (await toldBySyntax(project)).length;
      }),
      { numRuns: 8, endOnFailure: true },
    );
    expect(told).toBeGreaterThan(0);
  });
});

const MODEL = `
export interface Order { id: string; lines: Line[]; parent?: Order | null }
interface Line { readonly sku: string; count: number }
export type Named = { name: string; order: Order };
export type State = "open" | "closed";
`;

const TASKS = `
import { task } from "@taskgen/core";
import type { Order, Named as Renamed, State } from "../model.js";
interface Item { sku: string; parent?: Item; children: Item[] }
type Kind = "a" | "b";
type Tree = { value: number; nodes: Tree[] };
type Alias = Tree | Item;
type Many = Alias[] | undefined;
type Nested = { deep: { er: Many; kinds: Set<Kind> } };
`;

/** What is written out, by the names of folders. */
const PARAMETERS: readonly (readonly [string, string])[] = [
  ["keywords", "a: string, b: number, c: boolean, d: bigint, e: null, f: undefined, g: void"],
  ["literals", `a: "x", b: -1.5, c: true, d: 1e3, e: "a" | string, f: true | false | null, g: -0, h: "\\u2028" | 'q"'`],
  ["lists", "a: string[], b: readonly number[], c: Array<ReadonlyArray<Date>>, d: (string | number)[][]"],
  [
    "tuples",
    "a: [string, number?], b: readonly [x: 1, y?: 2 | undefined], c: [string, ...number[]], d: [a: Item, ...b: Item[]], e: []",
  ],
  [
    "classes",
    "a: Date, b: URL, c: Uint8Array, d: Error, e: Buffer, f: Map<string, Set<Date>>, g: ReadonlyMap<1, ReadonlySet<2>>",
  ],
  [
    "objects",
    `a: { b: string; "c-d"?: number; readonly a: { e?: undefined } }, b: { [key: string]: Item }, c: { x: 1; [key: string]: number }`,
  ],
  [
    "dictionaries",
    "a: Record<string, number>, b: Record<string, Record<string, Item[]>>, c: { [n: number]: string } | undefined",
  ],
  ["interfaces", "a: Item, b: Item | null, c?: Item, d?: Item | undefined, e?: Kind"],
  ["aliases", "a: Kind, b: Tree, c: Alias, f: Nested, d?: Alias | null, e?: Many, g?: boolean | undefined | null"],
  ["imports", "a: Order, b: Renamed, c: Order[] | Renamed, d?: State"],
  ["defaults", `a = 1, b = "x", c = true, d: Kind = "a", e: string | undefined = "y"`],
  ["defaults-before-others", `a = -1, b: Kind = "a", c?: string`],
  ["defaults-before-a-required-one", `a = 1, b: Kind | undefined = "a", c: Item`],
  ["patterns", "{ sku }: Item, [first]: string[] = []"],
  ["many", "a: string, ...rest: Item[]"],
];

const fileOf = ([name, parameters]: readonly [string, string]): [string, string] => [
  `src/${name}/tasks/a.task.ts`,
  `${TASKS.replace("../model.js", "../../model.js")}
    export const one = task(async (${parameters}): Promise<void> => {});
    export const two = task({ queue: "q" }, (first: string): Promise<[Item, Order]> => { throw first; });
  `,
];

const BEFORE = `
import { task } from "@taskgen/core";
import { step, type Model } from "../model.js";
interface Local { id: string }
const helper = (n: number) => ({ twice: n * step() });
export const written = task(async (model: Model, local: Local): Promise<Local> => local);
export const inferred = task((n: number) => helper(n));
export const other = task((local: Local) => [local]);
`;

const SHARED = `
export interface Model { name: string }
export const step = () => 1;
`;

const FILES: Files = { "src/model.ts": SHARED, "src/tasks/a.task.ts": BEFORE };

const replaced = (...changes: readonly (readonly [string, string])[]): Files => ({
  ...FILES,
  "src/tasks/a.task.ts": changes.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replaceAll(from, to);
  }, BEFORE),
});

const added = (text: string): Files => ({ ...FILES, "src/tasks/a.task.ts": `${BEFORE}\n${text}\n` });

const said = ({ types, diagnostics }: TypesRead): string =>
  JSON.stringify([[...types], diagnostics.map(({ code, message, at }) => [code, message, at?.line])]);

/** What is kept of a project, whatever the order. */
function keptOf({ cwd }: TaskProject): unknown {
  const known = new TypesCache(cwd).read();
  return { files: new Map(known?.files), entries: new Map(known?.entries), globals: known?.globals };
}

describe("a file that has changed", () => {
  it.each<[string, Files]>([
    ["a parameter comes", replaced(["local: Local): Promise", "local: Local, n = 1): Promise"])],
    ["a result changes", replaced(["Promise<Local> => local", "Promise<string | Date> => local.id"])],
    ["an interface changes that others use", replaced(["{ id: string }", "{ id: string; more?: Local }"])],
    ["an inferred result changes", replaced(["helper(n))", "[helper(n)])"])],
    ["what an inferred result comes from changes", replaced(["twice: n", "thrice: n"])],
    ["a task comes", added("export const extra = task((a: Local[], b: Model): void => {});")],
    ["an inferred task comes", added("export const extra = task((a: Local[]) => a);")],
    ["a task goes", replaced(["export const written", "const written"])],
    ["a task gets options of a contract", replaced(["task(async (model", "task({ throws: [] }, async (model"])],
    ["another factory is called", replaced(["task(async (model", "task.with({ queue: 'q' })(async (model"])],
    [
      "a type is declared over one of the platform",
      added("interface Date { odd: 1 }\nexport const extra = task((d: Date): void => {});"),
    ],
    ["a type is declared over an inferred one", added("type Local2 = Local; interface Array2<T> { x: T }")],
    ["an interface is declared twice", added("interface Local { twice: true }")],
    ["a namespace is declared", added("namespace Local { export const x = 1; }")],
    [
      "globals are declared",
      added("declare global { interface Date { odd: 1 } }\nexport const extra = task((d: Date): void => {});"),
    ],
    ["another module is declared", added('declare module "../model.js" { interface Model { odd: 1 } }')],
    [
      "a statement does something",
      replaced(["interface Local", "if (step() > 1) throw new Error();\ninterface Local"]),
    ],
    [
      "another module is imported",
      replaced(["step, type Model", "step, type Model as Local2"], ["model: Model", "model: Local2"]),
    ],
    ["a module is imported within", replaced(["model: Model", 'model: import("../model.js").Model'])],
    ["a name leads nowhere", replaced(["model: Model", "model: Gone"])],
    ["a type does not travel", replaced(["model: Model", "model: () => void"])],
    ["a type parameter comes", replaced(["async (model: Model", "async <T>(model: T"])],
    ["a name of the platform is not known", replaced(["model: Model", "model: HTMLElement"])],
    ["a default is no literal", replaced(["local: Local): Promise", "local: Local, n = [step()]): Promise"])],
    [
      "one has the name of another",
      replaced(
        ["model: Model", "model: { a: Model; b: Local }"],
        ["interface Local", "interface Model2"],
        ["Local", "Model2"],
      ),
    ],
    ["nothing but places changes", { ...FILES, "src/tasks/a.task.ts": `\n\n// moved\n${BEFORE}` }],
    [
      "the imported file changes too",
      {
        ...replaced(["local: Local): Promise", "local: Local, n = 1): Promise"]),
        "src/model.ts": SHARED.replace("name: string", "name: number"),
      },
    ],
  ])("%s: says what it says to those who never read it before, and so does what is kept", async (_, files) => {
    const project = await typedProject(FILES);
    await typesOf(project);
    await project.write(files);
    const warm = await typesOf(project);
    const warmlyKept = keptOf(project);
    await rm(project.path("node_modules/.cache"), { recursive: true });
    const cold = await typesOf(project);
    expect(said(warm)).toBe(said(cold));
    expect(warmlyKept).toEqual(keptOf(project));
  });

  it.each<[string, object]>([
    ["without strict", { strict: false }],
    ["with exact optional properties", { exactOptionalPropertyTypes: true }],
    ["without Node's types", { types: [] }],
  ])("%s: says the same, whatever the options", async (_, options) => {
    const tsconfig = { ...TSCONFIG, compilerOptions: { ...TSCONFIG.compilerOptions, ...options } };
    const edit = "local: Local, a?: string | undefined, b?: Date | null, c?: { d?: Local }): Promise";
    const project = await typedProject(FILES, tsconfig);
    await typesOf(project);
    await project.write(replaced(["local: Local): Promise", edit]));
    const warm = await typesOf(project);
    await rm(project.path("node_modules/.cache"), { recursive: true });
    expect(said(warm)).toBe(said(await typesOf(project)));
  });

  it("needs all that the compiler knows only where types are inferred, and its declarations are not kept", async () => {
    const project = await typedProject(FILES);
    await typesOf(project);
    await project.write({ "read.mjs": READ });
    const libraries = async (files: Files): Promise<unknown> => {
      await project.write(files);
      return await runScript(project.path("read.mjs"));
    };
    expect(await libraries(replaced(["local: Local): Promise", "local: Local, n = 1): Promise"]))).toEqual([]);
    expect(await libraries(replaced(["helper(n))", "[helper(n)])"]))).toEqual([]);
    await rm(project.path("node_modules/.cache/taskgen/ambient.json"));
    expect(await libraries(replaced(["helper(n))", "[[helper(n)]])"]))).toEqual(["ts-morph-common.js"]);
  });
});

/** Reads the types of the project in the script's folder, and prints which of the compiler's parts that took besides its parser. */
const READ = `
import { createRequire } from "node:module";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { Generator, readTypes } from "@taskgen/codegen";
const cwd = fileURLToPath(new URL(".", import.meta.url));
const { tasks, files } = await new Generator(cwd, {}).run({ check: true });
const overlay = Object.fromEntries(files.map(({ path, text }) => [path, text]));
await readTypes({ cwd, tasks, overlay, serialization: ${JSON.stringify(SERIALIZATION)} });
const loaded = Object.keys(createRequire(import.meta.url).cache).map((file) => basename(file));
console.log(JSON.stringify(loaded.filter((file) => file === "ts-morph-common.js")));
`;
