import { describe, expect, it } from "vitest";
import type { TaskTypes, TupleElement } from "../../packages/codegen/dist/contract/type-model.js";
import { emitValidators } from "../../packages/codegen/dist/emit/validators.js";
import { loadValidators, taskOf, validatorOf } from "../support/emitted-validators.js";

const STRING = { kind: "string" } as const;
const NUMBER = { kind: "number" } as const;

const check = (elements: readonly TupleElement[], args: readonly unknown[]): unknown =>
  validatorOf({ ...taskOf([]), args: { kind: "tuple", elements } }).check(args);

describe("arguments", () => {
  it("may be more than there are parameters", () => {
    expect(check([], [1, 2])).toEqual([]);
    expect(check([{ type: STRING }], ["a", 1])).toEqual([]);
  });

  it("may end before optional parameters, and before those that may be undefined", () => {
    const optional: TupleElement[] = [{ type: STRING }, { type: NUMBER, optional: true }];
    expect(check(optional, ["a"])).toEqual([]);
    expect(check(optional, ["a", undefined])).toEqual([]);
    expect(check(optional, ["a", null])).toEqual([{ path: [1], message: "expected number, received null" }]);
    expect(check([{ type: { kind: "undefined" } }], [])).toEqual([]);
    expect(
      check([{ type: { kind: "union", members: [NUMBER, { kind: "undefined" }] } }, { type: { kind: "any" } }], []),
    ).toEqual([]);
  });

  it("may not end before a required parameter", () => {
    expect(check([{ type: STRING }, { type: NUMBER }], ["a"])).toEqual([
      { path: [1], message: "expected number, received undefined" },
    ]);
  });

  it("have one type in a rest parameter", () => {
    const rest: TupleElement[] = [{ type: STRING }, { type: NUMBER, rest: true }];
    expect(check(rest, ["a"])).toEqual([]);
    expect(check(rest, ["a", 1, 2])).toEqual([]);
    expect(check(rest, ["a", 1, "2"])).toEqual([{ path: [2], message: "expected number, received string" }]);
  });

  it("are counted where the last parameters follow a rest", () => {
    const rest: TupleElement[] = [{ type: NUMBER, rest: true }, { type: STRING }];
    expect(check(rest, [1, "a"])).toEqual([]);
    expect(check(rest, [])).toEqual([{ path: [], message: "expected at least 1 arguments, received 0" }]);
  });

  it("are all told of, ten at most", () => {
    const list = Array.from({ length: 20 }, () => ({ type: NUMBER }));
    const issues = check(
      list,
      list.map(() => "x"),
    ) as unknown[];
    expect(issues).toEqual(
      Array.from({ length: 10 }, (_, at) => ({ path: [at], message: "expected number, received string" })),
    );
  });
});

describe("the generated file", () => {
  const user = (type: TaskTypes["types"][string]): TaskTypes => taskOf([{ kind: "ref", name: "User" }], { User: type });
  const object = (name: string): TaskTypes["types"][string] => ({
    kind: "object",
    properties: [{ name, type: STRING }],
  });

  it("keeps types of one name apart that differ, and has those once that do not", () => {
    const text = emitValidators(
      new Map([
        ["a", user(object("a"))],
        ["b", user(object("b"))],
        ["c", user(object("a"))],
      ]),
    );
    expect(text.match(/const \S+/g)).toEqual(["const $User:", "const $User2:", "const validators:"]);
    const { a, b, c } = loadValidators(text);
    for (const validator of [a!, c!]) expect(validator.check([{ a: "" }])).toEqual([]);
    expect(b!.check([{ a: "" }])).toHaveLength(1);
  });

  it("is the same for any order of tasks and definitions", () => {
    const types = { A: object("a"), B: object("b") };
    const reversed = { B: object("b"), A: object("a") };
    const args = [{ kind: "ref", name: "A" } as const, { kind: "ref", name: "B" } as const];
    const text = emitValidators(
      new Map([
        ["x", taskOf(args, types)],
        ["y", taskOf(args, types)],
      ]),
    );
    expect(
      emitValidators(
        new Map([
          ["y", taskOf(args, reversed)],
          ["x", taskOf(args, reversed)],
        ]),
      ),
    ).toBe(text);
  });

  it("has a validator for any wire name", () => {
    const names = ["a.b", "__proto__", "constructor", "1", "\u2028"];
    const validators = loadValidators(emitValidators(new Map(names.map((name) => [name, taskOf([STRING])]))));
    for (const name of names) {
      expect(Object.hasOwn(validators, name)).toBe(true);
      expect(validators[name]!.check([1])).toHaveLength(1);
    }
  });

  it("reads like this", () => {
    const node: TaskTypes["types"][string] = {
      kind: "object",
      properties: [
        { name: "next", type: { kind: "ref", name: "Node" }, optional: true },
        { name: "value", type: { kind: "bigint-literal", value: "7" } },
      ],
    };
    const tasks = new Map([["list.push", taskOf([{ kind: "ref", name: "Node" }, STRING], { Node: node })]]);
    expect(emitValidators(tasks).split("assist: generated\n")[1]).toBe(`
import { t, validator, type Named, type Validators } from "@taskgen/core/validators";

const $Node: Named = t.separate(() => t.object({
  next: t.optional($Node()),
  value: t.literal(BigInt("7")),
}));

/** Checks the arguments of each task, by its name on the wire. Each is built when it is first used. */
export const validators: Validators = {
  "list.push": validator(() => t.args([$Node(), t.string])),
};
`);
  });
});
