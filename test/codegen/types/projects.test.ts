import { describe, expect, it } from "vitest";
import { TSCONFIG, typedProject, typesOf } from "../../support/type-project.js";

const ORDER = "export interface Order { readonly id: string; readonly at: Date }\n";
const task = (from: string): string => `
import { task } from "@taskgen/core";
import type { Order } from "${from}";
export const place = task(async (order: Order) => order.at);
`;

const PLACED = {
  args: { kind: "tuple", elements: [{ name: "order", type: { kind: "ref", name: "Order" } }] },
  result: { kind: "builtin", name: "Date" },
  errors: {},
  types: {
    Order: {
      kind: "object",
      properties: [
        { name: "at", type: { kind: "builtin", name: "Date" } },
        { name: "id", type: { kind: "string" } },
      ],
    },
  },
};

const options = (given: object): object => ({
  ...TSCONFIG,
  compilerOptions: { ...TSCONFIG.compilerOptions, ...given },
});

describe("a user's project", () => {
  it.each([
    ["nodenext", {}, "../order.js"],
    ["nodenext with .ts imports", { allowImportingTsExtensions: true }, "../order.ts"],
    ["bundler", { module: "esnext", moduleResolution: "bundler" }, "../order"],
    ["path aliases", { module: "esnext", moduleResolution: "bundler", paths: { "@/*": ["./src/*"] } }, "@/order"],
    ["no types of Node", { types: [] }, "../order.js"],
    ["without strict", { strict: false }, "../order.js"],
    ["lib of a browser", { lib: ["es2023", "dom"], types: [] }, "../order.js"],
    ["noLib", { noLib: true }, "../order.js"],
  ])("%s: imports are followed", async (_, given, from) => {
    const project = await typedProject({ "src/order.ts": ORDER, "src/tasks/a.task.ts": task(from) }, options(given));
    const { types, diagnostics } = await typesOf(project);
    expect(diagnostics).toEqual([]);
    expect(types.get("place")).toEqual(PLACED);
  });

  it("options may come from another configuration, and there may be none at all", async () => {
    const files = { "src/order.ts": ORDER, "src/tasks/a.task.ts": task("#order") };
    const extended = await typedProject(
      { ...files, "base.json": JSON.stringify(options({ paths: { "#order": ["./src/order.ts"] } })) },
      { extends: "./base.json" },
    );
    expect((await typesOf(extended)).types.get("place")).toEqual(PLACED);
    const bare = await typedProject({ "src/order.ts": ORDER, "src/tasks/a.task.ts": task("../order.js") }, {});
    expect((await typesOf(bare)).types.get("place")).toEqual(PLACED);
  });

  it("project references are read from their sources, which nobody has built", async () => {
    const composite = { ...options({ composite: true, noEmit: false }), include: ["."] };
    const project = await typedProject(
      {
        "shared/tsconfig.json": JSON.stringify({
          ...options({ composite: true, noEmit: false, outDir: "dist", rootDir: "." }),
          include: ["*.ts"],
        }),
        "shared/index.ts": ORDER,
        "src/tsconfig.json": JSON.stringify({ ...composite, references: [{ path: "../shared" }] }),
        "src/tasks/a.task.ts": task("../../shared/dist/index.js"),
      },
      { files: [], references: [{ path: "src" }, { path: "shared" }] },
    );
    const { types, diagnostics } = await typesOf(project);
    expect(diagnostics).toEqual([]);
    expect(types.get("place")).toEqual(PLACED);
  });

  it("declarations of globals that nobody imports are known", async () => {
    const project = await typedProject({
      "src/globals.d.ts": "interface Order { readonly id: string; readonly at: Date }\n",
      "src/tasks/a.task.ts":
        'import { task } from "@taskgen/core";\nexport const place = task(async (order: Order) => order.at);\n',
    });
    expect((await typesOf(project)).types.get("place")).toEqual(PLACED);
  });

  it("tasks in JavaScript have the types of their doc comments", async () => {
    const project = await typedProject({
      "src/tasks/a.task.js": `
import { task } from "@taskgen/core";
export const add = task(/** @param {number} x @param {string} [y] */ (x, y = "") => x + y);
`,
    });
    const { types } = await typesOf(project, {}, { include: ["src/**/*.task.js"] });
    expect(types.get("add")?.args.elements).toEqual([
      { name: "x", type: { kind: "number" } },
      { name: "y", type: { kind: "string" }, optional: true },
    ]);
  });
});
