import { describe, expect, it } from "vitest";
import type { Kind } from "./kinds.js";
import {
  array,
  builtin,
  literal,
  map,
  NUMBER,
  object,
  ref,
  set,
  simple,
  STRING,
  taskTypes,
  tuple,
  union,
} from "./models.js";
import { kindsProject } from "./portable-project.js";

/** A model that is not that of its source, and what is said of it. */
interface Wrong extends Kind {
  readonly finding: string;
}

const BRAND = 'declare const brand: unique symbol;\ntype Id = string & { readonly [brand]: "Id" };';
const COLOR = 'export enum Color { Red = "red", Blue = "blue" }';

const WRONG: Readonly<Record<string, Wrong>> = {
  argument: {
    source: "task((a: string, b: { c: number }) => a + b.c)",
    types: taskTypes({ a: STRING, b: object({ c: STRING }) }, STRING),
    finding: "arguments",
  },
  item: {
    source: "task(async function* (a: string) { yield a; })",
    types: taskTypes({ a: STRING }, simple("undefined"), { item: NUMBER }),
    finding: "result",
  },
  streamResult: {
    source: "task(async function* (a: string) { yield a; return 1; })",
    types: taskTypes({ a: STRING }, STRING, { item: STRING }),
    finding: "result",
  },
  missingArgument: {
    source: "task((a: string, b: number) => a + b)",
    types: taskTypes({ a: STRING }, STRING),
    finding: "arguments",
  },
  optionalArgument: {
    source: "task((a: string) => a)",
    types: taskTypes({ "a?": STRING }, STRING),
    finding: "arguments",
  },
  missingProperty: {
    source: "task((a: { b: string; c: string }) => a.b + a.c)",
    types: taskTypes({ a: object({ b: STRING, "c?": STRING }) }, STRING),
    finding: "arguments",
  },
  widened: {
    source: 'task((a: "x" | "y"): string => a)',
    types: taskTypes({ a: STRING }, STRING),
    finding: "arguments",
  },
  wrongEnum: {
    declarations: COLOR,
    source: "task((a: Color): string => a)",
    types: taskTypes({ a: union(literal("red"), literal("green")) }, STRING),
    finding: "arguments",
  },
  wrongBrand: {
    declarations: BRAND,
    source: "task((a: { readonly ids: readonly Id[] }) => a.ids.length)",
    types: taskTypes({ a: object({ ids: array(NUMBER) }) }, NUMBER),
    finding: "arguments",
  },
  wrongBytes: {
    source: "task((a: Uint8Array<ArrayBuffer>) => a.length)",
    types: taskTypes({ a: builtin("Uint16Array") }, NUMBER),
    finding: "arguments",
  },
  bufferFromBytes: {
    source: "task((a: readonly Buffer[]) => a.length)",
    types: taskTypes({ a: array(builtin("Uint8Array")) }, NUMBER),
    finding: "arguments",
  },
  deepInside: {
    declarations: "type Nested = Id | readonly Nested[] | { readonly of: ReadonlyMap<Id, ReadonlySet<Nested>> };",
    source: "task((a: Nested) => a)",
    types: taskTypes({ a: ref("Nested") }, ref("Nested"), {
      types: {
        Nested: union(STRING, array(ref("Nested")), object({ of: map(STRING, set(union(ref("Nested"), NUMBER))) })),
      },
    }),
    finding: "arguments",
  },
  key: {
    source: "task((a: { of: ReadonlyMap<Id, 1> }) => a.of.size)",
    types: taskTypes({ a: object({ of: map(NUMBER, literal(1)) }) }, NUMBER),
    finding: "arguments",
  },
  shortTuple: {
    source: "task((a: { pair: readonly [Id, Id] }) => a.pair.length)",
    types: taskTypes({ a: object({ pair: tuple({ type: STRING }) }) }, NUMBER),
    finding: "arguments",
  },
  setForMap: {
    source: "task((a: { of: ReadonlyMap<Id, Id> }) => a.of.size)",
    types: taskTypes({ a: object({ of: set(STRING) }) }, NUMBER),
    finding: "arguments",
  },
  result: {
    source: "task(async () => ({ at: new Date() }))",
    types: taskTypes({}, object({ at: STRING })),
    finding: "result",
  },
  narrowed: {
    source: 'task((): "x" | "y" => "x")',
    types: taskTypes({}, literal("x")),
    finding: "result",
  },
  nothing: {
    source: "task((): string | undefined => undefined)",
    types: taskTypes({}, STRING),
    finding: "result",
  },
  collection: {
    source: "task((): ReadonlyMap<string, readonly number[]> => new Map())",
    types: taskTypes({}, map(STRING, set(NUMBER))),
    finding: "result",
  },
  element: {
    source: "task((): readonly [string, number] => ['', 1])",
    types: taskTypes({}, tuple({ type: STRING }, { type: STRING })),
    finding: "result",
  },
  recursive: {
    declarations: "interface Tree { value: number; children?: readonly Tree[] }",
    source: "task((): Tree => ({ value: 1 }))",
    types: taskTypes({}, ref("Tree"), {
      types: { Tree: object({ value: NUMBER, "children?": array(ref("Leaf")) }), Leaf: object({ value: STRING }) },
    }),
    finding: "result",
  },
  thrown: {
    declarations: 'class Declined extends Error { readonly code = "DECLINED"; readonly limit: number = 1; }',
    source: "task({ throws: [Declined] }, () => 1)",
    types: taskTypes({}, NUMBER, { errors: { DECLINED: object({ limit: STRING }) } }),
    finding: "errors",
  },
  otherCode: {
    declarations: 'class Refused extends Error { readonly code = "REFUSED"; }',
    source: "task({ throws: [Refused] }, () => 1)",
    types: taskTypes({}, NUMBER, { errors: { REJECTED: object({}) } }),
    finding: "errors",
  },
  undeclared: {
    declarations: 'class Late extends Error { readonly code = "LATE"; }',
    source: "task({ throws: [Late] }, () => 1)",
    types: taskTypes({}, NUMBER),
    finding: "errors",
  },
};

describe("the comparison of printed types with the sources", { timeout: 120_000 }, () => {
  it("finds each task whose model is another than its types, and names the part", async () => {
    const { build, tasks } = await kindsProject(WRONG);
    const { files, diagnostics } = await build();
    expect(files).toEqual([]);
    const lines = new Map(tasks.map(({ span, name }) => [span.line, name]));
    const found = diagnostics.map(({ code, severity, message, at }) => {
      const [, part, name] = /^the types that were printed for the (\w+) of "(\w+)"/.exec(message) ?? [];
      expect([code, severity, lines.get(at?.line ?? 0)], message).toEqual(["TG3005", "error", name]);
      return [name, part];
    });
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(Object.entries(WRONG).map(([name, { finding }]) => [name, finding])),
    );
    expect(found).toHaveLength(Object.keys(WRONG).length);
  });

  it("says what does not fit, where, why and what to do", async () => {
    const { build } = await kindsProject({ argument: WRONG["argument"] as Kind });
    const { diagnostics } = await build();
    expect(diagnostics).toMatchObject([
      {
        message:
          'the types that were printed for the arguments of "argument" would let callers send what the task does not take: ' +
          "Type 'string' is not assignable to type 'number'.",
        file: "src/tasks/kinds.task.ts",
        why: expect.any(String) as string,
        fix: expect.any(String) as string,
      },
    ]);
  });

  it("reports types that do not compile by themselves", async () => {
    const { build } = await kindsProject({
      endless: {
        source: "task((a: string) => a)",
        types: taskTypes({ a: ref("A") }, STRING, {
          types: { A: union(ref("B"), STRING), B: union(ref("A"), NUMBER) },
        }),
      },
    });
    const { files, diagnostics } = await build();
    expect(files).toEqual([]);
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ["TG3005", expect.stringContaining("do not compile: Type alias 'A' circularly references itself")],
    ]);
  });

  it("accepts a model that admits less than the task takes, and says more than it returns", async () => {
    const { build } = await kindsProject({
      narrow: {
        source: 'task((a: string | number): "x" => (a, "x"))',
        types: taskTypes({ a: STRING }, STRING),
      },
      open: { source: "task((a: any): any => a)", types: taskTypes({ a: STRING }, simple("unknown")) },
    });
    expect((await build()).diagnostics).toEqual([]);
  });
});
