import { readFile, rm, writeFile } from "node:fs/promises";
import type { TypesRead } from "@taskgen/codegen";
import { expect, it } from "vitest";
import type { TaskProject } from "../../support/task-project.js";
import { TSCONFIG, typedProject, typesOf } from "../../support/type-project.js";

const FILE = "src/tasks/one.task.ts";
const INDEX = "node_modules/.cache/taskgen/ambient.json";
const NAMES = "node_modules/.cache/taskgen/ambient-names.json";

const file = (bodies: readonly string[], before = ""): string => `import { task } from "@taskgen/core";
import * as model from "../model.js";
${before}
${bodies.map((body, i) => `export const task${i} = task((id: string, rows: readonly model.Row[]) => ${body});`).join("\n")}
`;

const one = (body: string, before?: string): string => file([body], before);

const MODEL = `import { createHash } from "node:crypto";
export interface Row { readonly id: string; readonly at: Date; readonly tags: readonly string[] }
export const digest = (text: string) => createHash("sha256").update(text).digest();
export const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
export const format = (at: Date) => new Intl.DateTimeFormat("en").formatToParts(at);
export const soon = () => setTimeout(() => {}, 1);
export const grouped = (rows: readonly Row[]) => new Map(rows.map((row) => [row.id, new Set(row.tags)]));
export async function* pages(rows: readonly Row[]) { for (const row of rows) yield { row, at: row.at.getTime() }; }
`;

/** What the tasks of a file return, of which no type is written. */
const BODIES: readonly (readonly string[])[] = [
  [
    "1",
    "({ id, count: rows.length, at: new Date() })",
    "rows.map(({ tags, ...row }) => ({ ...row, tags: [...tags].sort(), first: tags.at(0) }))",
    "Object.fromEntries(rows.map((row) => [row.id, row.tags.flatMap((tag) => [tag, tag.length])]))",
    "model.grouped(rows)",
  ],
  [
    "({ digest: model.digest(id), text: model.text(model.digest(id)) })",
    "model.format(new Date()).map(({ type, value }) => ({ type, value }))",
    "new URL(id).searchParams.getAll(id)",
  ],
  [
    "Promise.all(rows.map(async (row) => ({ url: new URL(row.id), bytes: Buffer.from(row.id) })))",
    "(model.soon(), process.uptime())",
    "({ same: structuredClone(rows), entries: Object.entries(process.env) })",
    "fetch(id).then(async (response) => ({ status: response.status, headers: [...response.headers.keys()] }))",
    "Array.fromAsync(model.pages(rows))",
  ],
  [
    'id.match(/(?<year>\\d+)/)?.groups ?? "none"',
    "({ unique: Symbol.keyFor(Symbol.for(id)), big: BigInt(id), error: new RangeError(id) })",
    "rows.toSorted((a, b) => +a.at - +b.at).findLast(({ tags }) => tags.includes(id))",
  ],
  ["globalThis.performance.now()", "model.soon()"],
  ["missing(id)"],
];

const PLAIN = "export interface Row { readonly id: string; readonly at: Date; readonly tags: readonly string[] }\n";

async function project(model = PLAIN, tsconfig: object = TSCONFIG): Promise<TaskProject> {
  const made = await typedProject({ "src/model.ts": model, [FILE]: one("id") }, tsconfig);
  await typesOf(made);
  return made;
}

const plain = ({ types, contracts, revision, diagnostics }: TypesRead): unknown => [
  [...types],
  [...contracts],
  revision,
  diagnostics,
];

it.each([
  ["without the names of browsers", TSCONFIG],
  [
    "with them",
    { ...TSCONFIG, compilerOptions: { ...TSCONFIG.compilerOptions, lib: ["esnext", "dom", "dom.iterable"] } },
  ],
])("a changed file has the types that it has when all is read, %s", async (_, tsconfig) => {
  const made = await project(MODEL, tsconfig);
  const anew = await typedProject({ "src/model.ts": MODEL }, tsconfig);
  for (const bodies of BODIES) {
    const [text, what] = [file(bodies), bodies.join("; ")];
    await made.write({ [FILE]: text });
    const read = await typesOf(made);
    expect(read.extracted, what).toEqual([FILE]);
    await rm(anew.path("node_modules/.cache"), { recursive: true, force: true });
    await anew.write({ [FILE]: text });
    expect(plain(read), what).toEqual(plain(await typesOf(anew)));
  }
});

/** Shows where declarations come from: what is kept of them says something else. */
async function mislead(made: TaskProject): Promise<void> {
  const text = await readFile(made.path(INDEX), "utf8");
  const other = text.replaceAll("toISOString():string", "toISOString():number");
  expect(other === text).toBe(false);
  await writeFile(made.path(INDEX), other);
}

const resultOf = async (made: TaskProject): Promise<unknown> => (await typesOf(made)).types.get("task0")?.result;

it("a changed file is read with as much of the platform as it needs", async () => {
  const made = await project();
  await mislead(made);
  await made.write({ [FILE]: one("new Date().toISOString()") });
  expect(await resultOf(made)).toEqual({ kind: "number" });
});

it("what a file was seen to need besides is read at once the next time", async () => {
  const made = await project(MODEL);
  await made.write({ [FILE]: one("model.digest(id)") });
  await typesOf(made);
  const names = JSON.parse(await readFile(made.path(NAMES), "utf8")) as { readonly value: readonly string[] };
  expect(names.value).toContain('"node:stream"');
});

it.each([
  ["its compiler options", { "tsconfig.json": JSON.stringify({ ...TSCONFIG, include: ["src", "more"] }) }],
  ["its packages", { "package.json": '{ "name": "project", "type": "module", "version": "2.0.0" }\n' }],
])("what is kept of the platform is read again when a project has changed %s", async (_, files) => {
  const made = await project();
  await mislead(made);
  await made.write({ ...files, [FILE]: one("new Date().toISOString()") });
  expect(await resultOf(made)).toEqual({ kind: "string" });
  await made.write({ [FILE]: one("[new Date().toISOString()]") });
  expect(await resultOf(made)).toEqual({ kind: "array", element: { kind: "string" } });
});

it("what a project adds to globals counts", async () => {
  const made = await project();
  await made.write({ "src/globals.d.ts": "interface Date { readonly own: 7 }\ndeclare const fetch: () => 8;\n" });
  await typesOf(made);
  await made.write({
    [FILE]: one("[new Date().own, patch.also] as const", 'import * as patch from "../patch.js";'),
  });
  await made.write({
    "src/patch.ts": "declare global { interface Array<T> { readonly mine: T } }\nexport const also = [1].mine;\n",
  });
  expect(await resultOf(made)).toEqual({
    kind: "tuple",
    elements: [{ type: { kind: "literal", value: 7 } }, { type: { kind: "number" } }],
  });
});
