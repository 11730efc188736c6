import { generate, loadConfig, type Diagnostic } from "@taskgen/codegen";
import { describe, expect, it } from "vitest";
import { typedProject } from "../support/type-project.js";

const HEAD = `import { task } from "@taskgen/core";
export interface Order { readonly id: string; readonly customer: Customer; readonly items: readonly Item[]; readonly at?: Date | null }
export interface Customer { readonly id: number | bigint; readonly tags: ReadonlySet<string>; readonly parent?: Customer }
export interface Item { readonly sku: \`sku-\${string}\` }
export enum Kind { A, B }
type Event = { kind: "created"; id: string } | { kind: "gone"; reason: string };
`;

/** What is found in a project with these tasks when its types are read. */
async function findingsIn(tasks: string): Promise<readonly Diagnostic[]> {
  const project = await typedProject({ "src/tasks/orders.task.ts": HEAD + tasks });
  const { config } = await loadConfig(project.cwd);
  return (await generate({ cwd: project.cwd, config, types: true })).diagnostics;
}

/** A task with this key of `dedupe` and these parameters. */
const withKey = (key: string, parameters: string): string =>
  `export const one = task({ dedupe: { key: ${JSON.stringify(key)} } }, (${parameters}) => 1);\n`;

describe("a key, by the types of the arguments", () => {
  it.each([
    ["order.customer.id", "order: Order"],
    ["0.customer.parent.parent.id", "order: Order"],
    ["order.items.0.sku", "order: Order"],
    ["order.at", "order: Order"],
    ["kind", "kind: Kind"],
    ["isOpen", "isOpen: boolean | undefined"],
    ["event.kind", "event: Event"],
    ["prices.euro", "prices: Record<string, number>"],
    ["pair.1", "pair: [a: object[], b: string]"],
    ["3", "first: string, ...others: number[]"],
  ])("may be %s of (%s)", async (key, parameters) => {
    const found = await findingsIn(withKey(key, parameters));
    expect(found.filter(({ code }) => code === "TG2011")).toEqual([]);
  });

  it.each([
    ["order.custmer.id", "order: Order", '"order" is an object, which has no "custmer"', 'write "customer"'],
    ["order", "order: Order", '"order" is an object, which is no key', 'such as "order.at"'],
    ["order.customer.tags", "order: Order", "is a Set, which is no key", "name a text"],
    ["order.items", "order: Order", "is an array, which is no key", "name a text"],
    ["order.items.first", "order: Order", 'is an array, which has no "first"', "end the key before it"],
    ["order.id.length", "order: Order", 'is a string, which has no "length"', "end the key before it"],
    ["event.reason", "event: Event", 'which has no "reason"', "it has id, kind"],
    ["at", "at: URL", "is a URL, which is no key", "name a text"],
  ])("may not be %s of (%s)", async (key, parameters, message, fix) => {
    const [finding, ...others] = await findingsIn(withKey(key, parameters));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: "TG2011", severity: "error", file: "src/tasks/orders.task.ts" });
    expect(finding!.message).toContain(message);
    expect(finding!.message).toContain('dedupe of task "one"');
    expect(finding!.fix).toContain(fix);
    expect(finding!.at!.text.slice(finding!.at!.column - 1)).toMatch(new RegExp(`^"${key}"`));
  });

  it("is shown where a shared option is written", async () => {
    const project = await typedProject({
      "src/base.ts": `import { task } from "@taskgen/core";\nexport const perUser = task.with({ limit: { key: "user.name", concurrency: 1 } });\n`,
      "src/tasks/a.task.ts": `import { perUser } from "../base.js";\nexport const a = perUser((user: { id: string }) => user.id);\n`,
    });
    const { config } = await loadConfig(project.cwd);
    const { diagnostics } = await generate({ cwd: project.cwd, config, types: true });
    expect(diagnostics).toMatchObject([{ code: "TG2011", file: "src/base.ts", at: { line: 2 } }]);
    expect(diagnostics[0]!.message).toContain('limit of task "a"');
  });
});
