import { z } from "@taskgen/core/validators";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ObjectModel, TaskTypes, TypeModel } from "../../packages/codegen/dist/contract/type-model.js";
import { emitJsonSchema } from "../../packages/codegen/dist/emit/json-schema.js";
import { jsonValue } from "../support/arbitrary-values.js";
import { taskOf } from "../support/emitted-validators.js";
import { isOfType } from "../support/reference-checker.js";

interface Schema {
  readonly [keyword: string]: unknown;
  readonly properties: {
    readonly task: { readonly properties: Readonly<Record<"args" | "result" | "errors", unknown>> };
  };
}

const schemaOf = (task: TaskTypes): Schema => JSON.parse(emitJsonSchema(new Map([["task", task]]))) as Schema;

/** The schema of a type as it stands for a result. */
const schemaOfType = (type: TypeModel, types: TaskTypes["types"] = {}): unknown =>
  schemaOf({ ...taskOf([], types), result: type }).properties.task.properties.result;

const STRING: TypeModel = { kind: "string" };
const NUMBER: TypeModel = { kind: "number" };
const NODE: ObjectModel = {
  kind: "object",
  properties: [
    { name: "next", type: { kind: "ref", name: "Node" }, optional: true },
    { name: "value", type: STRING },
  ],
};

const KINDS: Readonly<Record<string, readonly [TypeModel, unknown]>> = {
  string: [STRING, { type: "string" }],
  any: [{ kind: "any" }, {}],
  never: [{ kind: "never" }, { not: {} }],
  undefined: [{ kind: "undefined" }, { "x-taskgen-type": "undefined" }],
  bigint: [{ kind: "bigint" }, { "x-taskgen-type": "bigint" }],
  "a literal": [{ kind: "literal", value: 5 }, { const: 5 }],
  "a literal bigint": [
    { kind: "bigint-literal", value: "5" },
    { "x-taskgen-type": "bigint", "x-taskgen-const": "5" },
  ],
  "a template": [
    { kind: "template", texts: ["a.", ""], types: [STRING] },
    { type: "string", pattern: "^a\\.[\\s\\S]*?$" },
  ],
  "an array": [
    { kind: "array", element: NUMBER },
    { type: "array", items: { type: "number" } },
  ],
  "a tuple": [
    {
      kind: "tuple",
      elements: [
        { name: "a", type: STRING },
        { type: NUMBER, optional: true },
      ],
    },
    { type: "array", prefixItems: [{ title: "a", type: "string" }, { type: "number" }], minItems: 1, items: false },
  ],
  "a tuple with a rest": [
    { kind: "tuple", elements: [{ type: STRING }, { type: NUMBER, rest: true }, { type: STRING }] },
    {
      type: "array",
      prefixItems: [{ type: "string" }],
      minItems: 2,
      items: { anyOf: [{ type: "number" }, { type: "string" }] },
    },
  ],
  "an object": [
    {
      kind: "object",
      properties: [
        { name: "a", type: STRING },
        { name: "b", type: NUMBER, optional: true },
        { name: "c", type: { kind: "union", members: [NUMBER, { kind: "undefined" }] } },
      ],
    },
    {
      type: "object",
      properties: { a: { type: "string" }, b: { type: "number" }, c: { type: "number" } },
      required: ["a"],
    },
  ],
  "index signatures": [
    {
      kind: "object",
      properties: [],
      index: [
        { key: STRING, value: NUMBER },
        { key: { kind: "template", texts: ["x-", ""], types: [STRING] }, value: NUMBER },
      ],
    },
    {
      type: "object",
      patternProperties: { "^x-[\\s\\S]*?$": { type: "number" } },
      additionalProperties: { type: "number" },
    },
  ],
  "a Map": [
    { kind: "map", key: STRING, value: NUMBER },
    { "x-taskgen-type": "Map", "x-taskgen-arguments": [{ type: "string" }, { type: "number" }] },
  ],
  "a Set": [
    { kind: "set", element: STRING },
    { "x-taskgen-type": "Set", "x-taskgen-arguments": [{ type: "string" }] },
  ],
  "a class": [{ kind: "builtin", name: "Date" }, { "x-taskgen-type": "Date" }],
  "an enum": [{ kind: "union", members: [{ kind: "literal", value: "a" }, { kind: "null" }] }, { enum: ["a", null] }],
  "a union": [
    { kind: "union", members: [STRING, { kind: "null" }] },
    { anyOf: [{ type: "string" }, { type: "null" }] },
  ],
};

describe("tasks.schema.json", () => {
  it.each(Object.entries(KINDS))("says what %s is", (_, [type, schema]) => {
    expect(schemaOfType(type)).toEqual(schema);
  });

  it("has the arguments, the result and the declared errors of each task, and the types that they name", () => {
    const schema = schemaOf({
      args: { kind: "tuple", elements: [{ name: "node", type: { kind: "ref", name: "Node" } }] },
      result: { kind: "array", element: { kind: "ref", name: "Node" } },
      errors: { NO_FUNDS: { kind: "object", properties: [] } },
      types: { Node: NODE, Unused: STRING },
    });
    expect(schema).toEqual({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "Tasks",
      type: "object",
      properties: {
        task: {
          type: "object",
          properties: {
            args: { type: "array", prefixItems: [{ title: "node", $ref: "#/$defs/Node" }], minItems: 1 },
            result: { type: "array", items: { $ref: "#/$defs/Node" } },
            errors: { type: "object", properties: { NO_FUNDS: { type: "object" } } },
          },
        },
      },
      $defs: {
        Node: {
          type: "object",
          properties: { next: { $ref: "#/$defs/Node" }, value: { type: "string" } },
          required: ["value"],
        },
      },
    });
  });

  it("is the same for any order of tasks", () => {
    const [a, b] = [taskOf([STRING]), taskOf([NUMBER])];
    expect(
      emitJsonSchema(
        new Map([
          ["b", b],
          ["a", a],
        ]),
      ),
    ).toBe(
      emitJsonSchema(
        new Map([
          ["a", a],
          ["b", b],
        ]),
      ),
    );
  });

  it("agrees with a plain reading of the types on JSON", () => {
    fc.assert(
      fc.property(jsonType(), fc.array(jsonValue(), { minLength: 5, maxLength: 5 }), (type, values) => {
        const schema = z.fromJSONSchema(schemaOfType(type) as never);
        for (const value of values) expect(schema.safeParse(value).success).toBe(isOfType(type, value, {}));
      }),
      { numRuns: 100 },
    );
  });
});

/** Types that JSON can say all of. */
const jsonType = (): fc.Arbitrary<TypeModel> =>
  fc.letrec<{ type: TypeModel }>((tie) => ({
    type: fc.oneof(
      { depthSize: "small", maxDepth: 3 },
      fc.constantFrom<TypeModel>(STRING, NUMBER, { kind: "boolean" }, { kind: "null" }, { kind: "literal", value: "" }),
      tie("type").map((element): TypeModel => ({ kind: "array", element })),
      fc.array(tie("type"), { minLength: 2, maxLength: 3 }).map((members): TypeModel => ({ kind: "union", members })),
      fc
        .uniqueArray(fc.tuple(fc.constantFrom("a", "b", ""), tie("type")), { selector: ([name]) => name })
        .map((entries): TypeModel => ({
          kind: "object",
          properties: entries.map(([name, type]) => ({ name, type, optional: true })),
        })),
      tie("type").map((value): TypeModel => ({ kind: "object", properties: [], index: [{ key: STRING, value }] })),
    ),
  })).type;
