import { contractHash, type TypesRead } from "@taskgen/codegen";
import { describe, expect, it } from "vitest";
import type { Files, TaskProject } from "../../support/task-project.js";
import { typedProject, typesOf } from "../../support/type-project.js";

const MODEL = `
export interface Item { sku: string; count: number; parent?: Item }
export interface Box { items: Item[]; kind: "small" | "large" }
export type Tree = { value: number; children: Tree[] };
`;

const TASKS = `
import { task } from "@taskgen/core";
import type { Box, Item, Tree } from "../model.js";
type Page<T> = { items: T[]; next: Page<T> | null };
export const pack = task((box: Box, tree: Tree | string | null): Box | Item => box);
export const list = task((page: Page<Item> | Page<string>): Page<Box> | undefined => undefined);
`;

const FILES = { "src/model.ts": MODEL, "src/tasks/a.task.ts": TASKS };

const hashes = ({ types }: TypesRead): Record<string, string> =>
  Object.fromEntries([...types].map(([name, task]) => [name, contractHash(task)]));

async function read(files: Files): Promise<TypesRead> {
  const read = await typesOf(await typedProject(files));
  expect(read.diagnostics).toEqual([]);
  return read;
}

const changed = (text: string, ...changes: (readonly [string, string])[]): string =>
  changes.reduce((all, [from, to]) => {
    expect(all).toContain(from);
    return all.replaceAll(from, to);
  }, text);

describe("a contract stays the same", () => {
  it.each<[string, Files]>([
    [
      "when comments and blank lines come",
      {
        "src/model.ts": `/** Model. */\n\n${changed(MODEL, ["sku: string", "/** Its sku. */\n  sku: string /* text */"])}`,
        "src/tasks/a.task.ts": changed(TASKS, ["(box: Box", "(/** The box. */ box: Box"]),
      },
    ],
    [
      "when properties and members of unions change places",
      {
        "src/model.ts": changed(
          MODEL,
          ["sku: string; count: number; parent?: Item", "parent?: Item; count: number; sku: string"],
          ['"small" | "large"', '"large" | "small"'],
        ),
        "src/tasks/a.task.ts": changed(
          TASKS,
          ["Tree | string | null", "null | string | Tree"],
          ["Page<Item> | Page<string>", "Page<string> | Page<Item>"],
        ),
      },
    ],
    [
      "when types are renamed, written out or become interfaces",
      {
        "src/model.ts": changed(
          MODEL,
          ["Item", "Entry"],
          ["Tree", "Forest"],
          ["type Forest = {", "interface Forest {"],
          ["};", "}"],
        ),
        "src/tasks/a.task.ts": changed(
          TASKS,
          ["Item", "Entry"],
          ["Tree", "Forest"],
          ["box: Box", 'box: { items: Entry[]; kind: "small" | "large" }'],
        ),
      },
    ],
    [
      "when other files come before it",
      {
        "src/aaa/tasks/first.task.ts": changed(
          TASKS,
          ["../model.js", "../../model.js"],
          ["pack", "first"],
          ["list", "second"],
        ),
        ...FILES,
      },
    ],
  ])("%s", async (_, files) => {
    expect(hashes(await read(files))).toMatchObject(hashes(await read(FILES)));
  });

  it("whichever files are read together with it", async () => {
    const files = {
      ...FILES,
      "src/tasks/b.task.ts": changed(
        TASKS,
        ["pack", "pack2"],
        ["list", "list2"],
        ["Page<Item> | Page<string>", "Page<string> | Page<Item>"],
      ),
    };
    const together = await read(files);
    const project: TaskProject = await typedProject(files);
    await typesOf(project);
    await project.write({ "src/tasks/b.task.ts": changed(files["src/tasks/b.task.ts"], ["box: Box", "crate: Box"]) });
    await typesOf(project);
    await project.write({ "src/tasks/b.task.ts": files["src/tasks/b.task.ts"] });
    const alone = await typesOf(project);
    expect(alone.extracted).toEqual(["src/tasks/b.task.ts"]);
    expect(Object.fromEntries(alone.types)).toEqual(Object.fromEntries(together.types));
  });

  it.each<[string, readonly [string, string]]>([
    ["a property becomes optional", ["count: number", "count?: number"]],
    ["a type changes", ["count: number", "count: bigint"]],
    ["a literal comes", ['"small" | "large"', '"small" | "large" | "huge"']],
  ])("but not when %s", async (_, change) => {
    const other = hashes(await read({ ...FILES, "src/model.ts": changed(MODEL, change) }));
    expect(other["pack"]).not.toBe(hashes(await read(FILES))["pack"]);
  });
});
