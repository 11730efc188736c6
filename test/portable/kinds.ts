import type { TaskTypes } from "../../packages/codegen/dist/contract/type-model.js";
import { BUILTINS } from "../../packages/codegen/dist/contract/type-model.js";
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
  template,
  tuple,
  union,
} from "./models.js";

/** A task as its author writes it and as the model has it. */
export interface Kind {
  /** The expression that is exported, its own declarations before it. */
  readonly source: string;
  readonly declarations?: string;
  readonly types: TaskTypes;
}

const nothing = simple("undefined");

const TREE = object({ value: NUMBER, "children?": array(ref("Tree")) });
const JSON_VALUE = union(
  ...[simple("null"), simple("boolean"), NUMBER, STRING, array(ref("JsonValue"))],
  object({}, { key: STRING, value: ref("JsonValue") }),
);
const RECEIPT = object({ at: builtin("Date"), order: STRING, lines: array(ref("Line")) });
const LINE = object({ sku: STRING, "count?": NUMBER });

/** One task for each thing that a type can be. */
export const KINDS: Readonly<Record<string, Kind>> = {
  stream: {
    declarations: "export interface Line { sku: string; count?: number }",
    source:
      "task(async function* (file: string): AsyncGenerator<Line[], bigint> { yield [{ sku: file }]; return 1n; })",
    types: taskTypes({ file: STRING }, simple("bigint"), { item: array(ref("Line")), types: { Line: LINE } }),
  },
  brokenStream: {
    declarations: 'class Torn extends Error { readonly code = "TORN"; readonly line: number = 1 }',
    source: "task({ throws: [Torn] }, async function* () { yield 1; })",
    types: taskTypes({}, nothing, { item: NUMBER, errors: { TORN: object({ line: NUMBER }) } }),
  },
  primitives: {
    source:
      "task(async (a: string, b: number, c: boolean, d: bigint, e: null, f: undefined): Promise<[string, 1, true]> => [a, 1, true])",
    types: taskTypes(
      { a: STRING, b: NUMBER, c: simple("boolean"), d: simple("bigint"), e: simple("null"), f: nothing },
      tuple({ type: STRING }, { type: literal(1) }, { type: literal(true) }),
    ),
  },
  open: {
    source: "task((a: any, b: unknown): never => { throw a ?? b; })",
    types: taskTypes({ a: simple("any"), b: simple("unknown") }, simple("never")),
  },
  nothing: { source: "task((): void => {})", types: taskTypes({}, nothing) },
  literals: {
    source: `task((a: "it's" | 'a "quote"' | -1.5 | false, b: -12n | 3n | null) => [a, b] as const)`,
    types: taskTypes(
      {
        a: union(literal("it's"), literal('a "quote"'), literal(-1.5), literal(false)),
        b: union({ kind: "bigint-literal", value: "-12" }, { kind: "bigint-literal", value: "3" }, simple("null")),
      },
      tuple(
        { type: union(literal("it's"), literal('a "quote"'), literal(-1.5), literal(false)) },
        {
          type: union({ kind: "bigint-literal", value: "-12" }, { kind: "bigint-literal", value: "3" }, simple("null")),
        },
      ),
    ),
  },
  optional: {
    source:
      "task((first: string, times = 1, [x]: [number] = [0], ...more: (string | undefined)[]) => first.repeat(times + x + more.length))",
    types: taskTypes(
      {
        first: STRING,
        "times?": NUMBER,
        "arg2?": tuple({ type: NUMBER }),
        "...more": union(STRING, nothing),
      },
      STRING,
    ),
  },
  templates: {
    source:
      "task((a: `${number}px` | `\\`\\${x}\\n${string}`, b: `${1 | 2}-${'a' | 'b'}-${bigint}`): `<${string}>` => `<${a}${b}>`)",
    types: taskTypes(
      {
        a: union(template(["", "px"], NUMBER), template(["`${x}\n", ""], STRING)),
        b: union(...[1, 2].flatMap((n) => ["a", "b"].map((c) => template([`${n}-${c}-`, ""], simple("bigint"))))),
      },
      template(["<", ">"], STRING),
    ),
  },
  tuples: {
    source:
      "task((a: [x: number, y?: string], b: [string, ...number[], boolean], c: readonly (readonly [1?])[]) => ({ a, b, c }))",
    types: taskTypes(
      {
        a: tuple({ name: "x", type: NUMBER }, { name: "y", type: STRING, optional: true }),
        b: tuple({ type: STRING }, { type: NUMBER, rest: true }, { type: simple("boolean") }),
        c: array(tuple({ type: literal(1), optional: true })),
      },
      object({
        a: tuple({ name: "x", type: NUMBER }, { name: "y", type: STRING, optional: true }),
        b: tuple({ type: STRING }, { type: NUMBER, rest: true }, { type: simple("boolean") }),
        c: array(tuple({ type: literal(1), optional: true })),
      }),
    ),
  },
  objects: {
    source:
      'task((a: { readonly "needs-quotes": string; optional?: number; nested: { a: string } }, b: {}, c: Partial<Record<"x" | "y", 1>>) => ({ ...a, ...b, ...c }))',
    types: taskTypes(
      {
        a: object({ "needs-quotes": STRING, "optional?": NUMBER, nested: object({ a: STRING }) }),
        b: simple("unknown"),
        c: object({ "x?": literal(1), "y?": literal(1) }),
      },
      object({
        ...{ "needs-quotes": STRING, "optional?": NUMBER, nested: object({ a: STRING }) },
        ...{ "x?": literal(1), "y?": literal(1) },
      }),
    ),
  },
  indexes: {
    source:
      "task((a: Record<string, number>, b: { [key: `data-${string}`]: string }, c: { known?: number; [key: string]: number | undefined }, d: { total: number } & Record<string, number>) => ({ a, b, c, d }))",
    types: taskTypes(
      {
        a: object({}, { key: STRING, value: NUMBER }),
        b: object({}, { key: template(["data-", ""], STRING), value: STRING }),
        c: object({ "known?": NUMBER }, { key: STRING, value: union(NUMBER, nothing) }),
        d: object({ total: NUMBER }, { key: STRING, value: NUMBER }),
      },
      object({
        a: object({}, { key: STRING, value: NUMBER }),
        b: object({}, { key: template(["data-", ""], STRING), value: STRING }),
        c: object({ "known?": NUMBER }, { key: STRING, value: union(NUMBER, nothing) }),
        d: object({ total: NUMBER }, { key: STRING, value: NUMBER }),
      }),
    ),
  },
  clashingIndex: {
    declarations: "type Tagged = { id: number } & Record<`x-${string}`, string> & Record<string, string | number>;",
    source: "task((rows: Tagged[]) => rows)",
    types: taskTypes({ rows: array(ref("Tagged")) }, array(ref("Tagged")), {
      types: {
        Tagged: object(
          { id: NUMBER },
          { key: STRING, value: union(STRING, NUMBER) },
          { key: template(["x-", ""], STRING), value: STRING },
        ),
      },
    }),
  },
  collections: {
    source:
      "task((a: Map<string, Set<number>>, b: ReadonlyMap<number, readonly string[]>, c: ReadonlySet<string | null>) => ({ a, b, c }))",
    types: taskTypes(
      {
        a: map(STRING, set(NUMBER)),
        b: map(NUMBER, array(STRING)),
        c: set(union(STRING, simple("null"))),
      },
      object({ a: map(STRING, set(NUMBER)), b: map(NUMBER, array(STRING)), c: set(union(STRING, simple("null"))) }),
    ),
  },
  builtins: {
    source: `task((${BUILTINS.map((name) => `a${name}: ${name}`).join(", ")}) => ({ ${BUILTINS.map((name) => `a${name}`).join(", ")} }))`,
    types: taskTypes(
      Object.fromEntries(BUILTINS.map((name) => [`a${name}`, builtin(name)])),
      object(Object.fromEntries(BUILTINS.map((name) => [`a${name}`, builtin(name)]))),
    ),
  },
  backed: {
    source:
      "task((a: Uint8Array<ArrayBuffer>, b: { readonly parts: readonly Float64Array<ArrayBuffer>[]; at: URL }): { parts: readonly DataView<ArrayBuffer>[]; b: Buffer<ArrayBuffer>; at: URL } => ({ parts: [], b: Buffer.from(a), at: b.at }))",
    types: taskTypes(
      { a: builtin("Uint8Array"), b: object({ parts: array(builtin("Float64Array")), at: builtin("URL") }) },
      object({ parts: array(builtin("DataView")), b: builtin("Buffer"), at: builtin("URL") }),
    ),
  },
  recursive: {
    declarations: "export interface Tree { value: number; children?: Tree[] }",
    source: "task((tree: Tree): Tree => tree)",
    types: taskTypes({ tree: ref("Tree") }, ref("Tree"), { types: { Tree: TREE } }),
  },
  recursiveUnion: {
    declarations: "type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };",
    source: "task((value?: JsonValue): JsonValue => value ?? null)",
    types: taskTypes({ "value?": ref("JsonValue") }, ref("JsonValue"), { types: { JsonValue: JSON_VALUE } }),
  },
  mutual: {
    declarations:
      "interface Folder { files: Map<string, Entry> }\ntype Entry = Folder | readonly [size: number, link?: Entry];",
    source: "task((root: Folder): readonly Entry[] => [root])",
    types: taskTypes({ root: ref("Folder") }, array(ref("Entry")), {
      types: {
        Folder: object({ files: map(STRING, ref("Entry")) }),
        Entry: union(
          ref("Folder"),
          tuple({ name: "size", type: NUMBER }, { name: "link", type: ref("Entry"), optional: true }),
        ),
      },
    }),
  },
  brands: {
    declarations:
      'declare const brand: unique symbol;\ntype UserId = string & { readonly [brand]: "UserId" };\ntype Cents = number & { readonly __brand: "Cents" };',
    source: "task((user: UserId, costs: readonly Cents[], by?: Map<UserId, Cents>) => ({ user, costs, by }))",
    types: taskTypes(
      { user: STRING, costs: array(NUMBER), "by?": map(STRING, NUMBER) },
      object({ user: STRING, costs: array(NUMBER), by: union(map(STRING, NUMBER), nothing) }),
    ),
  },
  marks: {
    declarations:
      'interface User { id: UserId }\ntype Known = User & { readonly __brand: "Known" };\ntype Ids = readonly UserId[] & { readonly __tag: "Ids" };',
    source: "task((user: { readonly known: Known }, ids: Ids) => ({ user, ids }))",
    types: taskTypes(
      { user: object({ known: ref("User") }), ids: array(STRING) },
      object({ user: object({ known: ref("User") }), ids: array(STRING) }),
      { types: { User: object({ id: STRING }) } },
    ),
  },
  recursiveBrand: {
    declarations:
      "type Expression = UserId | readonly Expression[] | readonly [Cents, Expression?] | ReadonlyMap<UserId, Expression>;",
    source: "task((expression: Expression): Expression => expression)",
    types: taskTypes({ expression: ref("Expression") }, ref("Expression"), {
      types: {
        Expression: union(
          STRING,
          array(ref("Expression")),
          tuple({ type: NUMBER }, { type: ref("Expression"), optional: true }),
          map(STRING, ref("Expression")),
        ),
      },
    }),
  },
  widened: {
    declarations:
      "class Money { #secret = 1; constructor(readonly cents: Cents) {} plus(more: Money): Money { return more; } }",
    source:
      "task((a: Uppercase<string>, b: object, c: {}, d: AggregateError, e: readonly Money[]) => ({ a, b, c, d, e }))",
    types: taskTypes(
      {
        ...{ a: STRING, b: simple("unknown"), c: simple("unknown"), d: builtin("Error") },
        e: array(ref("Money")),
      },
      object({
        ...{ a: STRING, b: simple("unknown"), c: simple("unknown"), d: builtin("Error") },
        e: array(ref("Money")),
      }),
      { types: { Money: object({ cents: NUMBER }) } },
    ),
  },
  codes: {
    declarations: `
class NotFound extends Error { readonly code = 404; readonly path: string | void = undefined; }
class Vague extends Error { readonly code: string = "VAGUE"; }
class Either extends Error { constructor(readonly code: "ONE" | "TWO", private readonly hidden = 1) { super(String(hidden)); } }`,
    source: "task({ throws: [NotFound, Vague, Either] }, (): readonly void[] => [])",
    types: taskTypes({}, array(nothing), {
      errors: { "404": object({ path: union(STRING, nothing) }), ONE: object({}), TWO: object({}) },
    }),
  },
  enums: {
    declarations: 'export enum Color { Red = "red", Blue = "blue" }\nexport enum Size { Small, Large = 10 }',
    source:
      "task((color: Color, one: Color.Red, options: { sizes?: readonly Size[] }) => ({ color, one, ...options }))",
    types: taskTypes(
      {
        color: union(literal("red"), literal("blue")),
        one: literal("red"),
        options: object({ "sizes?": array(union(literal(0), literal(10))) }),
      },
      object({
        color: union(literal("red"), literal("blue")),
        one: literal("red"),
        "sizes?": array(union(literal(0), literal(10))),
      }),
    ),
  },
  thrown: {
    declarations: `
class CardDeclined extends Error {
  readonly code = "CARD_DECLINED";
  constructor(readonly balance: bigint, readonly tries: readonly Date[]) { super("declined"); }
}
class Closed extends Error { readonly code = "CLOSED"; }`,
    source: "task({ throws: [CardDeclined, Closed] }, async (order: string) => order.length)",
    types: taskTypes({ order: STRING }, NUMBER, {
      errors: {
        CLOSED: object({}),
        CARD_DECLINED: object({ balance: simple("bigint"), tries: array(builtin("Date")) }),
      },
    }),
  },
  receipt: {
    declarations:
      "interface Line { sku: string; count?: number }\ninterface Receipt { at: Date; order: string; lines: Line[] }",
    source: "task((receipt: Receipt): Receipt => receipt)",
    types: taskTypes({ receipt: ref("Receipt") }, ref("Receipt"), { types: { Receipt: RECEIPT, Line: LINE } }),
  },
};

/** The task file of all kinds, documented where `docs` says so. */
export function taskFile(kinds: Readonly<Record<string, Kind>>, docs: Readonly<Record<string, string>> = {}): string {
  const tasks = Object.entries(kinds).map(([name, { source, declarations = "" }]) => {
    const doc = docs[name] === undefined ? "" : `${docs[name]}\n`;
    return `${declarations}\n${doc}export const ${name} = ${source};\n`;
  });
  return ['import { task } from "@taskgen/core";', ...tasks].join("\n");
}
