import { describe, expect, it } from "vitest";
import { canRead, canReadArguments } from "../../packages/codegen/dist/contract/compare.js";
import type { Finding } from "../../packages/codegen/dist/contract/findings.js";
import { renderPath } from "../../packages/codegen/dist/contract/type-path.js";
import type { TypeModel } from "../../packages/codegen/dist/contract/type-model.js";
import {
  boolean,
  date,
  list,
  literal,
  literals,
  nothing,
  number,
  object,
  ref,
  string,
  task,
  tuple,
  union,
  type Definitions,
} from "../support/type-models.js";

const NULL: TypeModel = { kind: "null" };
const bigint: TypeModel = { kind: "bigint" };
const any: TypeModel = { kind: "any" };
const never: TypeModel = { kind: "never" };
const builtin = (name: "Buffer" | "Uint8Array"): TypeModel => ({ kind: "builtin", name });
const map = (key: TypeModel, value: TypeModel): TypeModel => ({ kind: "map", key, value });
const set = (element: TypeModel): TypeModel => ({ kind: "set", element });
const template = (texts: string[], ...types: TypeModel[]): TypeModel => ({ kind: "template", texts, types });
const pair = (...types: TypeModel[]): TypeModel => ({ kind: "tuple", elements: types.map((type) => ({ type })) });
const withRest = (before: TypeModel[], rest: TypeModel, after: TypeModel[] = []): TypeModel => ({
  kind: "tuple",
  elements: [...before.map((type) => ({ type })), { type: rest, rest: true }, ...after.map((type) => ({ type }))],
});
const record = (key: TypeModel, value: TypeModel): TypeModel => object({}, [{ key, value }]);

const text = (findings: readonly Finding[]): string[] =>
  findings.map(({ kind, severity, path }) =>
    [severity, kind, renderPath(path)].filter((part) => part !== "").join(" "),
  );

const read = (written: TypeModel, reader: TypeModel, before: Definitions = {}, after: Definitions = before): string[] =>
  text(canRead({ type: written, definitions: before }, { type: reader, definitions: after }));

describe("canRead", () => {
  it.each<[string, TypeModel, TypeModel, string[]]>([
    ["a literal as its type", literal("a"), string, []],
    ["a type as a literal", string, literal("a"), ["break type"]],
    ["a number as a literal", number, literal(1), ["break type"]],
    ["a boolean as its values", boolean, literals(true, false), []],
    ["one boolean", boolean, literal(true), ["break type"]],
    ["fewer literals", literals("a"), literals("a", "b"), []],
    ["more literals", literals("a", "b", "c"), literals("a", "b"), ["break type"]],
    ["number as bigint", number, bigint, ["break type"]],
    ["a bigint literal", { kind: "bigint-literal", value: "1" }, bigint, []],
    [
      "another bigint literal",
      { kind: "bigint-literal", value: "1" },
      { kind: "bigint-literal", value: "2" },
      ["break type"],
    ],
    ["null", NULL, union(string, NULL), []],
    ["null or text", union(string, NULL), string, ["break type"]],
    ["Date as text", date, string, ["break type"]],
    ["Date as an object", date, object({}), ["break type"]],
    ["a Buffer as bytes", builtin("Buffer"), builtin("Uint8Array"), []],
    ["bytes as a Buffer", builtin("Uint8Array"), builtin("Buffer"), ["break type"]],
    ["anything as anything", any, { kind: "unknown" }, []],
    ["text as anything", string, any, []],
    ["anything as text", any, string, ["warn anything"]],
    ["anything within", list(any), list(string), ["warn anything []"]],
    ["nothing at all", never, string, []],
    ["text as nothing at all", string, never, ["break type"]],
  ])("%s", (_, written, reader, expected) => {
    expect(read(written, reader)).toEqual(expected);
  });

  it.each<[string, TypeModel, TypeModel, string[]]>([
    ["a literal of the form", literal("id-12"), template(["id-", ""], number), []],
    ["a literal of another form", literal("id-x"), template(["id-", ""], number), ["break type"]],
    ["a number that not everybody reads", literal("id-1e5"), template(["id-", ""], number), ["break type"]],
    ["special characters", literal("a.b"), template(["a.", ""], string), []],
    ["no special characters", literal("axb"), template(["a.", ""], string), ["break type"]],
    ["a template as text", template(["id-", ""], number), string, []],
    ["text as a template", string, template(["id-", ""], string), ["break type"]],
    ["a narrower placeholder", template(["id-", ""], literals("1", "2")), template(["id-", ""], string), []],
    ["a wider placeholder", template(["id-", ""], string), template(["id-", ""], number), ["break type"]],
    ["a number as text within", template(["id-", ""], number), template(["id-", ""], string), []],
    ["other fixed text", template(["id-", ""], string), template(["no-", ""], string), ["break type"]],
  ])("templates: %s", (_, written, reader, expected) => {
    expect(read(written, reader)).toEqual(expected);
  });

  it.each<[string, TypeModel, TypeModel, string[]]>([
    ["the same", object({ a: string }), object({ a: string }), []],
    ["a property more", object({ a: string, b: string }), object({ a: string }), ["note ignored .b"]],
    ["a property less", object({ a: string }), object({ a: string, b: string }), ["break missing .b"]],
    ["an optional property less", object({}), object({ "a?": string }), []],
    ["optional as required", object({ "a?": string }), object({ a: string }), ["break sometimes-missing .a"]],
    ["optional as required, possibly undefined", object({ "a?": string }), object({ a: union(string, nothing) }), []],
    ["a property less that may be undefined", object({}), object({ a: union(string, nothing), b: any }), []],
    ["required as optional", object({ a: string }), object({ "a?": string }), []],
    ["undefined as optional", object({ a: union(string, nothing) }), object({ "a?": string }), []],
    ["another type", object({ a: object({ b: string }) }), object({ a: object({ b: number }) }), ["break type .a.b"]],
    ["odd names", object({ "a-b": string }), object({ "a-b": number }), ['break type ["a-b"]']],
    ["an array", list(string), object({}), ["break type"]],
  ])("objects: %s", (_, written, reader, expected) => {
    expect(read(written, reader)).toEqual(expected);
  });

  it.each<[string, TypeModel, TypeModel, string[]]>([
    ["the same", record(string, string), record(string, string), []],
    ["another value", record(string, string), record(string, number), ["break type [*]"]],
    ["properties", object({ a: string, b: number }), record(string, string), ["break type .b"]],
    ["an optional property may be undefined", object({ "a?": string }), record(string, string), ["break type .a"]],
    ["a property that is no number", object({ a: string }), record(number, number), ["note ignored .a"]],
    ["a property that is a number", object({ 1: string }), record(number, number), ['break type ["1"]']],
    [
      "a property of the form",
      object({ "x-1": string }),
      record(template(["x-", ""], string), number),
      ['break type ["x-1"]'],
    ],
    ["as a required property", record(string, string), object({ a: string }), ["break sometimes-missing .a"]],
    ["as an optional property", record(string, string), object({ "a?": string }), []],
    ["as an optional property of another type", record(string, string), object({ "a?": number }), ["break type .a"]],
    ["as any object", record(string, string), object({}), []],
    ["numbers as texts", record(number, string), record(string, number), ["break type [*]"]],
  ])("index signatures: %s", (_, written, reader, expected) => {
    expect(read(written, reader)).toEqual(expected);
  });

  it.each<[string, TypeModel, TypeModel, string[]]>([
    ["an array", list(literal("a")), list(string), []],
    ["items", list(object({ a: string })), list(object({ a: number })), ["break type [].a"]],
    ["a tuple as an array", pair(string, string), list(string), []],
    ["a mixed tuple as an array", pair(string, number), list(string), ["break type [1]"]],
    ["an array as a tuple", list(string), pair(string), ["break sometimes-missing [0]", "break ignored [1]"]],
    ["a longer tuple", pair(string, string), pair(string), ["break ignored [1]"]],
    ["a shorter tuple", pair(string), pair(string, string), ["break missing [1]"]],
    ["an optional element less", pair(string), tuple({ a: string, "b?": string }), []],
    ["an optional element as required", tuple({ "a?": string }), pair(string), ["break sometimes-missing [0]"]],
    ["an element less that may be undefined", pair(string), pair(string, union(string, nothing)), []],
    ["an optional element as an item", tuple({ "a?": string }), list(string), ["break type [0]"]],
    ["rest as rest", withRest([string], number), withRest([string], number), []],
    ["rest of another type", withRest([string], number), withRest([string], string), ["break type [1]"]],
    ["elements as rest", pair(string, number, number), withRest([string], number), []],
    ["a tail", withRest([], number, [string]), withRest([], number, [string]), []],
    ["a tail that is shorter", withRest([], number, [string, string]), withRest([], number, [string]), ["break type"]],
    ["a tail in front", withRest([], number, [string]), withRest([string], number), ["break type"]],
    ["a tail as items", withRest([], number, [string]), list(union(number, string)), []],
  ])("lists: %s", (_, written, reader, expected) => {
    expect(read(written, reader)).toEqual(expected);
  });

  it.each<[string, TypeModel, TypeModel, string[]]>([
    ["keys", map(string, date), map(number, date), ["break type .keys()"]],
    ["values", map(string, date), map(string, string), ["break type .values()"]],
    ["members", set(string), set(number), ["break type []"]],
    ["a Map as an object", map(string, string), record(string, string), ["break type"]],
    ["a Set as an array", set(string), list(string), ["break type"]],
  ])("Map and Set: %s", (_, written, reader, expected) => {
    expect(read(written, reader)).toEqual(expected);
  });

  const circle = object({ type: literal("circle"), r: number });
  const square = object({ type: literal("square"), side: number });

  it("reads each member of a union as the member that fits best", () => {
    expect(read(circle, union(circle, square))).toEqual([]);
    expect(read(union(circle, square), circle)).toEqual(["break missing .r", "break type .type", "note ignored .side"]);
    const large = object({ type: literal("circle"), r: string });
    expect(read(union(large, square), union(circle, square))).toEqual(["break type .r"]);
  });

  it("reads an object by what its literal properties say, each on its own", () => {
    const split = union(
      object({ ok: literal(true), at: date }),
      object({ ok: literal(false), at: date, "why?": string }),
    );
    expect(read(object({ ok: boolean, at: date }), split)).toEqual([]);
    const picky = union(object({ ok: literal(true), at: date }), object({ ok: literal(false), at: string }));
    expect(read(object({ ok: boolean, at: date }), picky)).not.toEqual([]);
  });

  it("takes a member whose tag none has for none of them", () => {
    const added = object({ type: literal("triangle"), side: number });
    expect(read(union(circle, square, added), union(circle, square))).toEqual(["break type"]);
    const tagged = union(object({ kind: literals("a", "b"), x: string }), object({ kind: literal("c") }));
    expect(read(object({ kind: literal("b"), x: number }), tagged)).toEqual(["break type .x"]);
  });

  it("names what does not fit of a union", () => {
    const [finding] = canRead(
      { type: literals("a", "b", "c"), definitions: {} },
      { type: literals("a", "b"), definitions: {} },
    );
    expect(finding).toMatchObject({ misfit: literal("c") });
  });

  const node = (value: TypeModel, name = "Node"): Definitions => ({ [name]: object({ value, "next?": ref(name) }) });

  it("follows recursive types", () => {
    expect(read(ref("Node"), ref("Node"), node(string))).toEqual([]);
    expect(read(ref("Node"), ref("Node"), node(literal("a")), node(string))).toEqual([]);
    expect(read(ref("Node"), ref("Node"), node(string), node(number))).toEqual(["break type .value"]);
    expect(read(ref("Node"), ref("Chain"), node(string), node(string, "Chain"))).toEqual([]);
  });

  it("follows mutual recursion through lists and maps", () => {
    const tree = (leaf: TypeModel): Definitions => ({
      Tree: union(leaf, object({ children: list(ref("Branch")) })),
      Branch: map(string, ref("Tree")),
    });
    expect(read(ref("Tree"), ref("Tree"), tree(string), tree(union(string, number)))).toEqual([]);
    expect(read(ref("Tree"), ref("Tree"), tree(date), tree(string))).toEqual([
      "break type",
      "break type .children[].values()",
    ]);
  });

  it("forgets what it concluded from an assumption that turned out wrong", () => {
    // Inner fits while Old is taken to fit New, which fails at .z and is no loss, since the other member of the union fits
    const before: Definitions = { Old: object({ a: ref("Inner"), z: string }), Inner: object({ "up?": ref("Old") }) };
    const after: Definitions = { New: object({ a: ref("Inner"), z: number }), Inner: object({ "up?": ref("New") }) };
    const written = object({ first: object({ of: ref("Old") }), second: ref("Inner") });
    const reader = object({ first: union(object({ of: ref("New") }), object({})), second: ref("Inner") });
    expect(read(written, reader, before, after)).toContain("break type .second.up.z");
  });

  it("ends on types that double at every level, and tells each difference once", () => {
    const doubling = (leaf: TypeModel): Definitions =>
      Object.fromEntries(
        Array.from({ length: 60 }, (_, at) => {
          const next = at === 59 ? leaf : ref(`T${at + 1}`);
          return [`T${at}`, object({ a: next, b: next })];
        }),
      );
    expect(read(ref("T0"), ref("T0"), doubling(string))).toEqual([]);
    expect(read(ref("T0"), ref("T0"), doubling(string), doubling(number)).length).toBeLessThan(130);
  });
});

describe("canReadArguments", () => {
  const args = (before: Record<string, TypeModel>, after: Record<string, TypeModel>): string[] =>
    text(canReadArguments(task(before), task(after)));

  it.each<[string, Record<string, TypeModel>, Record<string, TypeModel>, string[]]>([
    ["one more, optional", { a: string }, { a: string, "b?": string }, []],
    ["one more, required", { a: string }, { a: string, b: string }, ["break missing argument 2"]],
    ["one less", { a: string, b: string }, { a: string }, ["warn ignored argument 2"]],
    ["optional as required", { "a?": string }, { a: string }, ["break sometimes-missing argument 1"]],
    ["another name", { a: string }, { z: string }, ["note renamed argument 1"]],
    [
      "two that changed places",
      { a: string, b: string },
      { b: string, a: string },
      ["warn moved argument 1", "warn moved argument 2"],
    ],
    ["one in front", { b: string }, { a: string, b: string }, ["break missing argument 2", "warn moved argument 1"]],
    ["one taken out", { a: string, b: string }, { b: string }, ["warn ignored argument 2", "warn moved argument 1"]],
    [
      "within an argument",
      { a: list(object({ at: date })) },
      { a: list(object({ at: string })) },
      ["break type argument 1 [].at"],
    ],
    [
      "more of the rest",
      { "...all": string },
      { a: string, "...all": string },
      ["break sometimes-missing argument 1", "warn moved argument 1"],
    ],
    ["rest for what was fixed", { a: string, b: string }, { "...all": string }, ["note renamed argument 1"]],
    ["a rest of another type", { "...all": string }, { "...all": number }, ["break type argument 1"]],
  ])("%s", (_, before, after, expected) => {
    expect(args(before, after)).toEqual(expected);
  });
});

/** The table of what each change means to whom: `ok` where nothing is found that matters. */
describe("changes in four directions", () => {
  const T = (args: Record<string, TypeModel>, result: TypeModel = nothing, types: Definitions = {}) =>
    task(args, { result, types });
  const page = { Page: object({ items: list(string), "next?": ref("Page") }) };
  const longerPage = { Page: object({ items: list(string), "next?": ref("Page"), "total?": number }) };

  const worst = (findings: readonly Finding[]): string => {
    const severities = findings.map(({ severity }) => severity);
    return severities.includes("break") ? "BREAK" : severities.includes("warn") ? "warn" : "ok";
  };

  it.each<[string, ReturnType<typeof T>, ReturnType<typeof T>, string]>([
    ["add optional parameter", T({ a: string }), T({ a: string, "b?": string }), "ok warn ok ok"],
    ["add required parameter", T({ a: string }), T({ a: string, b: string }), "BREAK warn ok ok"],
    ["remove parameter", T({ a: string, b: string }), T({ a: string }), "warn BREAK ok ok"],
    ["swap two parameters of one type", T({ a: string, b: string }), T({ b: string, a: string }), "warn warn ok ok"],
    ["widen a union of an argument", T({ a: literals("x") }), T({ a: literals("x", "y") }), "ok BREAK ok ok"],
    ["narrow a union of an argument", T({ a: literals("x", "y") }), T({ a: literals("x") }), "BREAK ok ok ok"],
    ["add required property to an argument", T({ a: object({}) }), T({ a: object({ b: string }) }), "BREAK ok ok ok"],
    ["add property to the result", T({}, object({})), T({}, object({ a: string })), "ok ok ok BREAK"],
    ["remove property of the result", T({}, object({ a: string })), T({}, object({})), "ok ok BREAK ok"],
    ["widen a union of the result", T({}, literals("x")), T({}, literals("x", "y")), "ok ok BREAK ok"],
    ["Date to string", T({ at: date }), T({ at: string }), "BREAK BREAK ok ok"],
    ["any to a type", T({ a: any }), T({ a: string }), "warn ok ok ok"],
    [
      "another name of a type",
      T({ a: ref("A") }, nothing, { A: object({ x: string }) }),
      T({ a: ref("B") }, nothing, { B: object({ x: string }) }),
      "ok ok ok ok",
    ],
    [
      "optional property in a recursive type",
      T({ a: ref("Page") }, nothing, page),
      T({ a: ref("Page") }, nothing, longerPage),
      "ok ok ok ok",
    ],
  ])("%s", (_, before, after, expected) => {
    const result = ({ result: type, types: definitions }: typeof before) => ({ type, definitions });
    const found = [
      canReadArguments(before, after),
      canReadArguments(after, before),
      canRead(result(after), result(before)),
      canRead(result(before), result(after)),
    ];
    expect(found.map(worst).join(" ")).toBe(expected);
  });
});
