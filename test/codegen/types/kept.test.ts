import { statSync } from "node:fs";
import { expect, it } from "vitest";
import { TypesCache, type KnownProject, type KnownTypes } from "../../../packages/codegen/dist/type-phase/cache.js";
import { typedProject, typesOf } from "../../support/type-project.js";

const FILE = "src/tasks/a.task.ts";
const OTHER = "src/tasks/b.task.ts";
const text = (name: string): string => `import { task } from "@taskgen/core";
interface Model { readonly id: string }
export const ${name} = task((model: Model): Model => model);
`;

/** A project of which the definition of a type is another one. */
function withModel(known: KnownProject, value: number): KnownProject {
  const { types, ...entry } = known.entries.get(FILE) as KnownTypes;
  const tasks = { a: { ...types.tasks["a"]!, types: { Model: { kind: "literal", value } as const } } };
  return { ...known, entries: new Map([...known.entries, [FILE, { ...entry, types: { ...types, tasks } }]]) };
}

const plain = ({ files, entries, ...known }: KnownProject): unknown =>
  structuredClone({ ...known, files: new Map(files), entries: new Map(entries) });

it("what is known is what was written, however often some of it changes, and does not grow", async () => {
  const project = await typedProject({ [FILE]: text("a"), [OTHER]: text("b") });
  await typesOf(project);
  const size = (): number => statSync(project.path("node_modules/.cache/taskgen/types.records")).size;
  const first = size();
  for (let i = 0; i < 300; i++) {
    const cache = new TypesCache(project.cwd);
    const known = withModel(cache.read()!, i);
    cache.write(known);
    if (i % 100 === 0) expect(plain(new TypesCache(project.cwd).read()!)).toEqual(plain(known));
  }
  expect(size()).toBeLessThan(first * 2);
});
