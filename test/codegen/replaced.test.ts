import { rm } from "node:fs/promises";
import { writeContract } from "@taskgen/codegen";
import { expect, it } from "vitest";
import { typedProject } from "../support/type-project.js";
import type { TaskProject } from "../support/task-project.js";

const MODEL = `export interface Part { readonly id: string; readonly size?: number }
export interface Order { readonly parts: readonly Part[] }
`;
const OTHER = 'import { task } from "@taskgen/core";\nexport const other = task((text: string): string => text);\n';
const TASK = "src/billing/tasks/price.task.ts";
const file = (parameters: string, result: string, more = ""): string => `import { task } from "@taskgen/core";
import type { Order, Part } from "../../model.js";
${more}
/** Prices an order. */
export const price = task((${parameters}) => {
  return ${result};
});
export const local = task((order: Order): number => order.parts.length);
`;

/** A project with a contract, generated. */
async function project(): Promise<TaskProject> {
  const made = await typedProject({
    "src/model.ts": MODEL,
    "src/tasks/other.task.ts": OTHER,
    [TASK]: file("order: Order", "order.parts.length"),
    "tasks.contract.json": '{ "schema": 0 }',
  });
  const { contract } = await made.generate({ client: { mode: "contract" }, contract: { file: "none.json" } });
  writeContract(made.cwd, "tasks.contract.json", contract!);
  await made.generate({});
  return made;
}

const EDITS: readonly (readonly [what: string, text: string])[] = [
  ["a body", file("order: Order", "order.parts.length + 1")],
  ["a result", file("order: Order", "order.parts.map(({ id }) => ({ id, at: new Date() }))")],
  ["a parameter", file("order: Order, factor = 2", "order.parts.length * factor")],
  ["an object in place", file("order: Order, { deep, at }: { deep?: boolean; at: Date }", "[order, deep, at]")],
  ["other named types", file("part: Part, order: Order", "[part, order]")],
  ["fewer named types", file("part: Part", "part.size")],
  ["a type of a name that others have", file("part: Order", "[part]", "type Order = { own: true };\n")],
  ["documentation", file("order: Order", "1", "/** n.b. it moves. */\nconst one = 1;\n")],
  ["another task", `${file("order: Order", "order")}export const more = task((order: Order) => order);\n`],
];

it("what is generated after a change is what would be generated anew", async () => {
  const made = await project();
  for (const [what, text] of EDITS) {
    await made.write({ [TASK]: text });
    const { files } = await made.generate({});
    await rm(made.path("node_modules/.cache"), { recursive: true });
    const anew = await made.generate({});
    expect(files.length, what).toBe(3);
    expect(Object.fromEntries(files.map(({ path, text }) => [path, text])), what).toEqual(
      Object.fromEntries(anew.files.map(({ path, text }) => [path, text])),
    );
  }
});

it("a file that was edited is written anew", async () => {
  const made = await project();
  const path = "src/_generated/client.ts";
  const before = await made.read(path);
  await made.write({ [path]: `${before}// mine\n`, [TASK]: file("order: Order, factor = 2", "factor") });
  await made.generate({});
  expect(await made.read(path)).not.toContain("// mine");
});

it.each([
  ["as it is", file("order: Order", "order.parts.length")],
  ["with a change", file("order: Order, factor = 2", "factor")],
])("a file that got a byte order mark is written anew, %s", async (_, text) => {
  const made = await project();
  await made.write({ [TASK]: file("order: Order", "order.parts.length") });
  await made.generate({});
  const path = "src/_generated/validators.ts";
  await made.write({ [path]: `\uFEFF${await made.read(path)}`, [TASK]: text });
  await made.generate({});
  expect(await made.read(path)).not.toContain("\uFEFF");
});
