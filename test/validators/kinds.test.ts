import type { Issue } from "@taskgen/core/validators";
import { describe, expect, it } from "vitest";
import {
  unionOf,
  type Builtin,
  type IndexModel,
  type PropertyModel,
  type TupleElement,
  type TypeModel,
} from "../../packages/codegen/dist/contract/type-model.js";
import { taskOf, validatorOf } from "../support/emitted-validators.js";

const STRING: TypeModel = { kind: "string" };
const NUMBER: TypeModel = { kind: "number" };
const UNDEFINED: TypeModel = { kind: "undefined" };
const NULL: TypeModel = { kind: "null" };
const literal = (value: string | number | boolean): TypeModel => ({ kind: "literal", value });
const ref = (name: string): TypeModel => ({ kind: "ref", name });
const array = (element: TypeModel): TypeModel => ({ kind: "array", element });
const tuple = (...elements: TupleElement[]): TypeModel => ({ kind: "tuple", elements });
const template = (texts: string[], ...types: TypeModel[]): TypeModel => ({ kind: "template", texts, types });
const builtin = (name: Builtin): TypeModel => ({ kind: "builtin", name });

/** An object; a name that ends with a question mark is that of an optional property. */
const object = (properties: Readonly<Record<string, TypeModel>>, ...index: IndexModel[]): TypeModel => ({
  kind: "object",
  properties: Object.entries(properties).map(([name, type]): PropertyModel =>
    name.endsWith("?") ? { name: name.slice(0, -1), type, optional: true } : { name, type },
  ),
  ...(index.length > 0 && { index }),
});

interface Sample {
  readonly type: TypeModel;
  readonly types?: Readonly<Record<string, TypeModel>>;
  readonly accepts: readonly unknown[];
  /** Values and the text of the first issue, `<path>: <message>`. */
  readonly refuses: readonly (readonly [value: unknown, issue: string])[];
}

const TREE = { Tree: object({ value: NUMBER, "kids?": array(ref("Tree")) }) };
const SHAPES = {
  Circle: object({ kind: literal("circle"), r: NUMBER }),
  Square: object({ kind: unionOf([literal("square"), literal("rect")]), w: NUMBER }),
};
const EXPRESSIONS = {
  Add: object({ op: literal("add"), sides: tuple({ type: ref("Expr") }, { type: ref("Expr") }) }),
  Expr: unionOf([NUMBER, ref("Add"), ref("Not")]),
  Not: object({ of: ref("Expr"), op: literal("not") }),
};

const SAMPLES: Readonly<Record<string, Sample>> = {
  string: { type: STRING, accepts: ["", "\ud800"], refuses: [[1, ": expected string, received number"]] },
  number: {
    type: NUMBER,
    accepts: [1, -0, NaN, Infinity, -Infinity, Number.MAX_VALUE],
    refuses: [
      ["1", ": expected number, received string"],
      [1n, ": expected number, received bigint"],
      [null, ": expected number, received null"],
      [undefined, ": expected number, received undefined"],
    ],
  },
  boolean: { type: { kind: "boolean" }, accepts: [true, false], refuses: [[0, ": expected boolean, received number"]] },
  bigint: { type: { kind: "bigint" }, accepts: [-1n], refuses: [[1, ": expected bigint, received number"]] },
  null: { type: NULL, accepts: [null], refuses: [[undefined, ": expected null, received undefined"]] },
  undefined: { type: UNDEFINED, accepts: [undefined], refuses: [[null, ": expected undefined, received null"]] },
  any: { type: { kind: "any" }, accepts: [undefined, null, {}, [1]], refuses: [] },
  unknown: { type: { kind: "unknown" }, accepts: [undefined, new Map()], refuses: [] },
  never: { type: { kind: "never" }, accepts: [], refuses: [[1, ": expected never, received number"]] },
  "a literal": {
    type: literal("a"),
    accepts: ["a"],
    refuses: [
      ["b", ': expected "a", received "b"'],
      [1, ': expected "a", received number'],
      ["x".repeat(99), `: expected "a", received "${"x".repeat(39)}…`],
    ],
  },
  "a literal number": { type: literal(0), accepts: [0, -0], refuses: [[1, ": expected 0, received 1"]] },
  "a literal bigint": {
    type: { kind: "bigint-literal", value: "-5" },
    accepts: [-5n],
    refuses: [
      [5n, ": expected -5n, received 5n"],
      [-5, ": expected -5n, received number"],
    ],
  },
  "an enum": {
    type: unionOf([literal("a"), literal(2), NULL, literal(true)]),
    accepts: ["a", 2, null, true],
    refuses: [
      ["b", ': expected "a", 2, true or null, received "b"'],
      [{}, ': expected "a", 2, true or null, received object'],
    ],
  },
  "a long enum": {
    type: unionOf(Array.from({ length: 12 }, (_, n) => literal(n))),
    accepts: [0, 11],
    refuses: [[12, ": expected 0, 10, 11, 1, 2, 3, 4, 5 or 4 others, received 12"]],
  },
  "a template of a number": {
    type: template(["", "s"], NUMBER),
    accepts: ["3s", "-0.5s", "1e+21s", "NaNs", "-Infinitys", ".5s", "0x1Fs"],
    refuses: [
      ["s", ': expected `${number}s`, received "s"'],
      ["3s ", ': expected `${number}s`, received "3s "'],
      [3, ": expected `${number}s`, received number"],
    ],
  },
  "a template of strings": {
    type: template(["a.", "-", "-z"], STRING, STRING),
    accepts: ["a.--z", "a.x-\n-z", "a.1-2-3-z-z"],
    refuses: [
      ["a.-z", ': expected `a.${string}-${string}-z`, received "a.-z"'],
      ["ab--z", ': expected `a.${string}-${string}-z`, received "ab--z"'],
    ],
  },
  "a template that could be read in two ways": {
    type: template(["", "", "5"], STRING, NUMBER),
    accepts: ["15", "x115", "115"],
    refuses: [["x5", ': expected `${string}${number}5`, received "x5"']],
  },
  "a template of a bigint": {
    type: template(["n", ""], { kind: "bigint" }),
    accepts: ["n-5"],
    refuses: [["n.5", ': expected `n${bigint}`, received "n.5"']],
  },
  "an array": {
    type: array(NUMBER),
    accepts: [[], [1, NaN]],
    refuses: [
      [[1, "2"], "1: expected number, received string"],
      [[undefined], "0: expected number, received undefined"],
      [{ length: 0 }, ": expected array, received object"],
      [new Uint8Array(1), ": expected array, received Uint8Array"],
    ],
  },
  "a tuple": {
    type: tuple({ type: STRING }, { type: NUMBER, optional: true }, { type: { kind: "boolean" }, rest: true }),
    accepts: [["a"], ["a", 1], ["a", undefined], ["a", 1, true, false]],
    refuses: [
      [[], "0: expected string, received undefined"],
      [["a", "b"], "1: expected number, received string"],
      [["a", 1, true, 0], "3: expected boolean, received number"],
    ],
  },
  "a tuple of one length": {
    type: tuple({ type: STRING }, { type: STRING }),
    accepts: [["a", "b"]],
    refuses: [
      [["a"], ": expected at least 2 elements, received 1"],
      [["a", "b", "c"], ": expected at most 2 elements, received 3"],
    ],
  },
  "a tuple with a rest before its end": {
    type: tuple({ type: STRING }, { type: NUMBER, rest: true }, { type: STRING }),
    accepts: [
      ["a", "b"],
      ["a", 1, 2, "b"],
    ],
    refuses: [
      [["a"], ": expected at least 2 elements, received 1"],
      [["a", 1], "1: expected string, received number"],
      [["a", "x", "b"], "1: expected number, received string"],
    ],
  },
  "an object": {
    type: object({ a: STRING, "b?": NUMBER, c: unionOf([STRING, UNDEFINED]) }),
    accepts: [{ a: "" }, { a: "", b: undefined, c: undefined }, { a: "", b: 1, c: "", further: Symbol.iterator }],
    refuses: [
      [{}, "a: expected string, received undefined"],
      [{ a: "", b: null }, "b: expected number, received null"],
      [{ a: "", c: 1 }, "c: expected string, received number"],
      [[], ": expected object, received array"],
      [null, ": expected object, received null"],
      ["a", ": expected object, received string"],
    ],
  },
  "an object of special names": {
    type: object({ "a.b": STRING, "constructor?": NUMBER, "toString?": STRING, "": STRING, "\u2028": STRING }),
    accepts: [
      { "a.b": "", "": "", "\u2028": "" },
      { "a.b": "", "": "", "\u2028": "", constructor: 1, toString: "" },
    ],
    refuses: [
      [{ "": "", "\u2028": "" }, "a.b: expected string, received undefined"],
      [{ "a.b": "", "": "", "\u2028": "", constructor: "1" }, "constructor: expected number, received string"],
    ],
  },
  "an object with a property __proto__": {
    type: object({ ["__proto__"]: STRING }),
    accepts: [JSON.parse('{ "__proto__": "own" }')],
    refuses: [[{}, "__proto__: expected string, received undefined"]],
  },
  "an optional property __proto__": {
    type: object({ "__proto__?": STRING }),
    accepts: [{}],
    refuses: [[JSON.parse('{ "__proto__": 1 }'), "__proto__: expected string, received number"]],
  },
  "a record": {
    type: object({}, { key: STRING, value: NUMBER }),
    accepts: [{}, { a: 1, constructor: 2 }],
    refuses: [
      [{ a: 1, b: "2" }, "b: expected number, received string"],
      [new Map(), ": expected object, received Map"],
      [[], ": expected object, received array"],
    ],
  },
  "a record of numbers as keys": {
    type: object({}, { key: NUMBER, value: STRING }),
    accepts: [{ 1: "a", "-1.5": "b", Infinity: "c", a: 1, "01": 1 }],
    refuses: [[{ 1: 1 }, "1: expected string, received number"]],
  },
  "properties beside index signatures": {
    type: object({ id: STRING }, { key: template(["data-", ""], STRING), value: NUMBER }),
    accepts: [{ id: "" }, { id: "", "data-x": 1, other: "" }],
    refuses: [
      [{ id: "", "data-x": "1" }, "data-x: expected number, received string"],
      [{ "data-x": 1 }, "id: expected string, received undefined"],
    ],
  },
  "a Map": {
    type: { kind: "map", key: unionOf([STRING, object({ id: NUMBER })]), value: array(NUMBER) },
    accepts: [
      new Map(),
      new Map<unknown, unknown>([
        ["a", [1]],
        [{ id: 1 }, []],
      ]),
    ],
    refuses: [
      [new Map([["a", ["b"]]]), "a.0: expected number, received string"],
      [new Map([[{ id: 1 }, 5]]), "0: expected array, received number"],
      [new Map([[7, []]]), "7: has a key that does not fit: expected object or string, received number"],
      [{}, ": expected Map, received object"],
    ],
  },
  "a Set": {
    type: { kind: "set", element: object({ a: STRING }) },
    accepts: [new Set(), new Set([{ a: "" }])],
    refuses: [
      [new Set([{ a: "" }, { a: 1 }]), "1.a: expected string, received number"],
      [[], ": expected Set, received array"],
    ],
  },
  "a union": {
    type: unionOf([STRING, NUMBER, array(STRING)]),
    accepts: ["", 1, [""]],
    refuses: [
      [true, ": expected array, number or string, received boolean"],
      [["a", 1], "1: expected string, received number"],
    ],
  },
  "a union of objects": {
    type: unionOf([object({ a: STRING, b: STRING }), object({ a: NUMBER, c: array(object({ d: STRING })) })]),
    accepts: [
      { a: "", b: "" },
      { a: 1, c: [] },
    ],
    refuses: [
      [{ a: 1, c: [{ d: 1 }] }, "c.0.d: expected string, received number"],
      [{ a: "" }, "b: expected string, received undefined"],
      [5, ": expected object, received number"],
    ],
  },
  "a union of objects with a tag": {
    type: unionOf([NULL, ref("Circle"), ref("Square")]),
    types: SHAPES,
    accepts: [null, { kind: "circle", r: 1 }, { kind: "rect", w: 1 }],
    refuses: [
      [{ kind: "circle", w: 1 }, "r: expected number, received undefined"],
      [{ kind: "line" }, 'kind: expected "circle", "rect" or "square", received "line"'],
      [{}, 'kind: expected "circle", "rect" or "square", received undefined'],
      ["circle", ": expected null or object, received string"],
    ],
  },
  "a recursive type": {
    type: ref("Tree"),
    types: TREE,
    accepts: [{ value: 1 }, { value: 1, kids: [{ value: 2, kids: [] }] }],
    refuses: [[{ value: 1, kids: [{ value: 2 }, { value: "3" }] }, "kids.1.value: expected number, received string"]],
  },
  "recursive types with a tag": {
    type: ref("Expr"),
    types: EXPRESSIONS,
    accepts: [1, { op: "not", of: { op: "add", sides: [1, 2] } }],
    refuses: [
      [{ op: "not", of: { op: "add", sides: [1, "2"] } }, "of.sides.1: expected number or object, received string"],
      [{ op: "nor", of: 1 }, 'op: expected "add" or "not", received "nor"'],
    ],
  },
  "a type by a name that is a keyword": {
    type: ref("class"),
    types: { class: object({ "next?": ref("class") }) },
    accepts: [{}, { next: {} }],
    refuses: [[{ next: 1 }, "next: expected object, received number"]],
  },
  Date: {
    type: builtin("Date"),
    accepts: [new Date(0)],
    refuses: [
      ["2020-01-01", ": expected Date, received string"],
      [{}, ": expected Date, received object"],
    ],
  },
  URL: { type: builtin("URL"), accepts: [new URL("a:b")], refuses: [["a:b", ": expected URL, received string"]] },
  URLSearchParams: {
    type: builtin("URLSearchParams"),
    accepts: [new URLSearchParams()],
    refuses: [["", ": expected URLSearchParams, received string"]],
  },
  Error: {
    type: builtin("Error"),
    accepts: [new TypeError("")],
    refuses: [[{ message: "" }, ": expected Error, received object"]],
  },
  ArrayBuffer: {
    type: builtin("ArrayBuffer"),
    accepts: [new ArrayBuffer(1)],
    refuses: [[new Uint8Array(1), ": expected ArrayBuffer, received Uint8Array"]],
  },
  DataView: {
    type: builtin("DataView"),
    accepts: [new DataView(new ArrayBuffer(1))],
    refuses: [[new ArrayBuffer(1), ": expected DataView, received ArrayBuffer"]],
  },
  Buffer: {
    type: builtin("Buffer"),
    accepts: [Buffer.from("a")],
    refuses: [[new Uint8Array(1), ": expected Buffer, received Uint8Array"]],
  },
  Uint8Array: {
    type: builtin("Uint8Array"),
    accepts: [new Uint8Array(1), Buffer.from("a")],
    refuses: [[[1], ": expected Uint8Array, received array"]],
  },
  Float64Array: {
    type: builtin("Float64Array"),
    accepts: [new Float64Array([NaN])],
    refuses: [[new Float32Array(1), ": expected Float64Array, received Float32Array"]],
  },
  BigInt64Array: {
    type: builtin("BigInt64Array"),
    accepts: [new BigInt64Array(1)],
    refuses: [[new BigUint64Array(1), ": expected BigInt64Array, received BigUint64Array"]],
  },
};

const show = ({ path, message }: Issue): string => `${path.slice(1).join(".")}: ${message}`;

describe.each(Object.entries(SAMPLES))("%s", (_, { type, types, accepts, refuses }) => {
  const validator = validatorOf(taskOf([type], types));

  it("accepts what fits", () => {
    for (const value of accepts) expect(validator.check([value])).toEqual([]);
  });

  it("says of anything else why it does not fit", () => {
    for (const [value, issue] of refuses) {
      const [first] = validator.check([value]);
      expect(first?.path[0]).toBe(0);
      expect(show(first!)).toBe(issue);
    }
  });
});
