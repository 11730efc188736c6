import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contractHash, optionsHash, setHash, shortHash } from "../../packages/codegen/dist/contract/hash.js";
import type { TaskTypes, TypeModel } from "../../packages/codegen/dist/contract/type-model.js";
import { rewrite, rewriteSignature } from "../../packages/codegen/dist/contract/rewrite.js";
import {
  date,
  list,
  literals,
  nothing,
  number,
  object,
  randomOf,
  ref,
  string,
  task,
  taskTypes,
  tuple,
  union,
  boolean,
  type Random,
} from "../support/type-models.js";

const returning = (result: TypeModel, types: TaskTypes["types"] = {}): string =>
  contractHash(task({}, { result, types }));

describe("the hash of a contract", () => {
  it("is 64 hexadecimal digits, 16 of which are its short form", () => {
    expect(returning(string)).toMatch(/^[0-9a-f]{64}$/);
    expect(shortHash(returning(string))).toBe(returning(string).slice(0, 16));
  });

  it("does not change from one version of this package to the next", () => {
    const types = task(
      { orderId: string, "opts?": object({ "dryRun?": boolean }), "...tags": literals("a", "b") },
      {
        result: ref("Receipt"),
        errors: { NO_FUNDS: object({ balance: { kind: "bigint" } }) },
        types: {
          Receipt: object({ at: date, "parent?": ref("Receipt"), lines: { kind: "map", key: string, value: number } }),
        },
      },
    );
    expect(contractHash(types)).toMatchInlineSnapshot(
      `"10f3dd2e45c91e48efc4c7f290aef7deada14fb1698ce59654f3fb3fbb3ea777"`,
    );
    expect(optionsHash({ queue: "billing", priority: 3 })).toMatchInlineSnapshot(
      `"ca4cd65f6dd85a3e1c058beff6858c547ec0152cc4a24445c3557179eac06ce9"`,
    );
    expect(setHash("superjson/2", { add: { contract: "a", optionsHash: "b" } })).toMatchInlineSnapshot(
      `"8751cbd09d7da2a7fc08684d1561d31410394246edf059ae4741b278e964d340"`,
    );
  });

  it("is the same under other names, other orders, and definitions written out", () => {
    fc.assert(
      fc.property(taskTypes, fc.nat(), (types, seed) => {
        expect(contractHash(disguise(types, randomOf(seed)))).toBe(contractHash(types));
      }),
      { numRuns: 200 },
    );
  });

  it("is the same wherever a recursive type is entered, and however far it is unrolled", () => {
    const even = object({ "next?": ref("Odd") });
    const odd = object({ "next?": ref("Even") });
    const chain = returning(ref("List"), { List: object({ "next?": ref("List") }) });
    expect(returning(ref("Even"), { Even: even, Odd: odd })).toBe(chain);
    expect(returning(ref("Odd"), { Even: even, Odd: odd })).toBe(chain);
    expect(
      returning(object({ "next?": object({ "next?": ref("List") }) }), { List: object({ "next?": ref("List") }) }),
    ).toBe(chain);
  });

  it("orders unions of recursive types without their names", () => {
    const types = (left: string, right: string) => ({
      [left]: object({ kind: literals("l"), "up?": union(ref(left), ref(right)) }),
      [right]: object({ kind: literals("r"), "up?": union(ref(left), ref(right)) }),
    });
    const one = returning(union(ref("A"), ref("B")), types("A", "B"));
    expect(returning(union(ref("A"), ref("B")), types("B", "A"))).toBe(one);
    expect(returning(union(ref("Z"), ref("B")), types("Z", "B"))).toBe(one);
  });

  it("sees through unions of definitions", () => {
    const types = { Some: union(string, nothing), Flag: literals(true) };
    expect(returning(union(ref("Some"), number), types)).toBe(returning(union(string, number, nothing)));
    expect(returning(union(ref("Flag"), { kind: "literal", value: false }), types)).toBe(returning(boolean));
    expect(returning(object({ "a?": ref("Some") }), types)).toBe(returning(object({ "a?": string })));
  });

  it("leaves out labels within arguments, and takes in the names of parameters", () => {
    expect(returning(tuple({ x: string, y: string }))).toBe(returning(tuple({ y: string, x: string })));
    expect(contractHash(task({ x: string, y: string }))).not.toBe(contractHash(task({ y: string, x: string })));
  });

  it.each<[string, TypeModel, TypeModel]>([
    ["a property's name", object({ a: string }), object({ b: string })],
    ["a property's type", object({ a: string }), object({ a: number })],
    ["optional", object({ a: string }), object({ "a?": string })],
    ["optional and undefined", object({ "a?": string }), object({ a: union(string, nothing) })],
    ["a literal's type", literals(1), literals("1")],
    ["a literal's value", literals("a"), literals("b")],
    ["one literal more", literals("a"), literals("a", "b")],
    ["an array", string, list(string)],
    ["an array and a Set", list(string), { kind: "set", element: string }],
    ["an array and a tuple", list(string), tuple({ a: string })],
    ["key and value", { kind: "map", key: string, value: number }, { kind: "map", key: number, value: string }],
    ["classes of the platform", date, { kind: "builtin", name: "URL" }],
    ["a text and a class of that name", literals("Date"), date],
    ["any and unknown", { kind: "any" }, { kind: "unknown" }],
    ["null and undefined", { kind: "null" }, nothing],
    ["bigint literals", { kind: "bigint-literal", value: "1" }, { kind: "bigint-literal", value: "-1" }],
    [
      "templates",
      { kind: "template", texts: ["a", ""], types: [string] },
      { kind: "template", texts: ["", "a"], types: [string] },
    ],
    ["index signatures", object({}, [{ key: string, value: string }]), object({}, [{ key: number, value: string }])],
    ["an index signature and none", object({}, [{ key: string, value: string }]), object({})],
    ["rest and optional", tuple({ "...a": string }), tuple({ "a?": string })],
  ])("tells apart: %s", (_, one, other) => {
    expect(returning(one)).not.toBe(returning(other));
  });

  it("tells apart recursive types that differ deep down", () => {
    const chain = (last: TypeModel) => ({
      A: object({ "next?": ref("B") }),
      B: object({ "next?": ref("C") }),
      C: object({ "next?": ref("A"), "end?": last }),
    });
    expect(returning(ref("A"), chain(string))).not.toBe(returning(ref("A"), chain(number)));
    expect(returning(ref("A"), chain(string))).not.toBe(returning(ref("B"), chain(string)));
  });

  it("covers arguments, result and errors", () => {
    const hashes = [
      task({}),
      task({ a: string }),
      task({}, { result: string }),
      task({}, { errors: { A: object({}) } }),
      task({}, { errors: { B: object({}) } }),
      task({}, { errors: { A: object({ a: string }) } }),
    ].map(contractHash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it("grows no faster than its types", () => {
    const types = Object.fromEntries(
      Array.from({ length: 200 }, (_, at) => {
        const next = at === 199 ? string : ref(`T${at + 1}`);
        return [`T${at}`, object({ a: next, b: next })];
      }),
    );
    expect(returning(ref("T0"), types)).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("the hash of options", () => {
  it("is that of their values, whatever their order", () => {
    expect(optionsHash({ queue: "a", priority: 1 })).toBe(optionsHash({ priority: 1, queue: "a" }));
    const all = [{}, { queue: "a" }, { queue: "b" }, { priority: 1 }, { queue: "1" }, { ignoreResult: true }];
    expect(new Set(all.map((options) => optionsHash(options as never))).size).toBe(all.length);
  });
});

/** The same types, written otherwise. */
function disguise(types: TaskTypes, random: Random): TaskTypes {
  const rename = (name: string): string => `${"ZYX"[Number(name.slice(1))]}${name}`;
  const shuffleAll = (type: TypeModel): TypeModel => shuffled(type, { random, types: types.types, depth: 0 });
  const signature = rewriteSignature(
    {
      args: shuffleAll(types.args) as TaskTypes["args"],
      result: shuffleAll(types.result),
      errors: Object.fromEntries(
        Object.entries(types.errors)
          .toReversed()
          .map(([code, data]) => [code, shuffleAll(data)]),
      ) as TaskTypes["errors"],
    },
    rename,
  );
  const definitions = Object.entries(types.types).map(([name, type]) => [
    rename(name),
    rewrite(shuffleAll(type), rename),
  ]);
  return { ...signature, types: Object.fromEntries(definitions.toReversed()) as TaskTypes["types"] };
}

interface Shuffling {
  readonly random: Random;
  readonly types: TaskTypes["types"];
  readonly depth: number;
}

function shuffled(type: TypeModel, shuffling: Shuffling): TypeModel {
  const { random, types, depth } = shuffling;
  const inner = (part: TypeModel): TypeModel => shuffled(part, shuffling);
  switch (type.kind) {
    case "ref":
      return random() < 0.4 && depth < 3
        ? shuffled(types[type.name] as TypeModel, { ...shuffling, depth: depth + 1 })
        : type;
    case "union":
      return { kind: type.kind, members: type.members.map(inner).toSorted(() => random() - 0.5) };
    case "array":
    case "set":
      return { ...type, element: inner(type.element) };
    case "map":
      return { ...type, key: inner(type.key), value: inner(type.value) };
    case "tuple":
      return { ...type, elements: type.elements.map((element) => ({ ...element, type: inner(element.type) })) };
    case "object":
      return {
        ...type,
        properties: type.properties
          .map((property) => ({ ...property, type: inner(property.type) }))
          .toSorted(() => random() - 0.5),
      };
    default:
      return type;
  }
}
