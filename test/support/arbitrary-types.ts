import * as fc from "fast-check";
import {
  BUILTINS,
  unionOf,
  type ObjectModel,
  type PropertyModel,
  type TupleElement,
  type TypeModel,
} from "../../packages/codegen/dist/contract/type-model.js";
import { key, ValuesOf, type Types } from "./values-of-types.js";

/** Parameters of a task, the types that they name, and arguments that fit them. */
export interface Call {
  readonly elements: readonly TupleElement[];
  readonly types: Types;
  readonly args: readonly unknown[];
}

const NAMES = ["Node", "Page<Node>", "class"] as const;

const simple = (): fc.Arbitrary<TypeModel> =>
  fc
    .constantFrom("string", "number", "boolean", "bigint", "null", "undefined", "any", "unknown" as const)
    .map((kind): TypeModel => ({ kind }));

const literal = (): fc.Arbitrary<TypeModel> =>
  fc.oneof(
    fc
      .oneof(
        fc.string({ unit: "binary", maxLength: 4 }),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => n !== 0),
        fc.boolean(),
      )
      .map((value): TypeModel => ({ kind: "literal", value })),
    fc.bigInt().map((value): TypeModel => ({ kind: "bigint-literal", value: String(value) })),
  );

const template = (): fc.Arbitrary<TypeModel> =>
  fc
    .array(
      fc.tuple(
        fc.constantFrom<TypeModel>({ kind: "string" }, { kind: "number" }, { kind: "bigint" }),
        fc.constantFrom("-", "$", ".*", "x5", "", "\n"),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .chain((pairs) =>
      fc.constantFrom("", "a-").map((first): TypeModel => ({
        kind: "template",
        texts: [first, ...pairs.map(([, text]) => text)],
        types: pairs.map(([type]) => type),
      })),
    );

const builtin = (): fc.Arbitrary<TypeModel> =>
  fc.constantFrom(...BUILTINS).map((name): TypeModel => ({ kind: "builtin", name }));

const ref = (): fc.Arbitrary<TypeModel> => fc.constantFrom(...NAMES).map((name): TypeModel => ({ kind: "ref", name }));

const byName = (properties: readonly PropertyModel[]): PropertyModel[] =>
  properties.toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** Refs stand only where a value may do without them, so that every type has finite values. */
const objectOf = (type: fc.Arbitrary<TypeModel>): fc.Arbitrary<ObjectModel> =>
  fc
    .record({
      required: fc.uniqueArray(fc.tuple(key(), type), { maxLength: 3, selector: ([name]) => name }),
      optional: fc.uniqueArray(fc.tuple(key(), fc.oneof(type, ref())), { maxLength: 2, selector: ([name]) => name }),
      index: fc.option(
        fc.tuple(
          fc.constantFrom<TypeModel>(
            { kind: "string" },
            { kind: "number" },
            { kind: "template", texts: ["x-", ""], types: [{ kind: "string" }] },
          ),
          fc.oneof(type, ref()),
        ),
        { nil: undefined },
      ),
    })
    .map(({ required, optional, index }) => {
      const names = new Set(required.map(([name]) => name));
      const properties = [
        ...required.map(([name, of]): PropertyModel => ({ name, type: of })),
        ...optional
          .filter(([name]) => !names.has(name))
          .map(([name, of]): PropertyModel => ({ name, type: of, optional: true })),
      ];
      if (index === undefined) return { kind: "object", properties: byName(properties) };
      const [keyType, value] = index;
      return { kind: "object", properties: [], index: [{ key: keyType, value }] };
    });

const elements = (type: fc.Arbitrary<TypeModel>): fc.Arbitrary<TupleElement[]> =>
  fc
    .record({
      required: fc.array(type, { maxLength: 2 }),
      optional: fc.array(type, { maxLength: 2 }),
      rest: fc.option(type, { nil: undefined }),
      last: fc.array(type, { maxLength: 1 }),
    })
    .map(({ required, optional, rest, last }) => [
      ...required.map((of): TupleElement => ({ type: of })),
      // n.b. in TypeScript nothing required follows an optional element
      ...(rest !== undefined && last.length > 0
        ? []
        : optional.map((of): TupleElement => ({ type: of, optional: true }))),
      ...(rest === undefined
        ? []
        : [{ type: rest, rest: true } as const, ...last.map((of): TupleElement => ({ type: of }))]),
    ]);

const taggedUnion = (type: fc.Arbitrary<TypeModel>): fc.Arbitrary<TypeModel> =>
  fc.array(objectOf(type), { minLength: 2, maxLength: 3 }).map((objects) =>
    unionOf(
      objects.map(({ properties }, at): TypeModel => ({
        kind: "object",
        properties: byName([
          ...properties.filter(({ name }) => name !== "kind"),
          { name: "kind", type: { kind: "literal", value: at === 0 ? "first" : at } },
        ]),
      })),
    ),
  );

/** Types of every kind. */
const anyType = (): fc.Arbitrary<TypeModel> =>
  fc.letrec<{ type: TypeModel }>((tie) => {
    const type = tie("type");
    const loose = fc.oneof(type, ref());
    return {
      type: fc.oneof(
        { depthSize: "small", maxDepth: 4 },
        fc.oneof(simple(), simple(), literal(), template(), builtin()),
        loose.map((element): TypeModel => ({ kind: "array", element })),
        loose.map((element): TypeModel => ({ kind: "set", element })),
        fc.tuple(type, loose).map(([keyType, value]): TypeModel => ({ kind: "map", key: keyType, value })),
        objectOf(type),
        elements(type).map((of): TypeModel => ({ kind: "tuple", elements: of })),
        fc.array(loose, { minLength: 1, maxLength: 3 }).map((members) => unionOf([{ kind: "null" }, ...members])),
        fc.array(type, { minLength: 2, maxLength: 3 }).map(unionOf),
        taggedUnion(type),
      ),
    };
  }).type;

/** What a name may stand for: TypeScript admits a name within its own meaning only inside of an object or a list. */
const namedType = (): fc.Arbitrary<TypeModel> =>
  fc.oneof(
    objectOf(anyType()),
    fc.oneof(anyType(), ref()).map((element) => unionOf([{ kind: "string" }, { kind: "array", element }])),
  );

/** Calls of tasks of any types, with arguments that fit. */
export const anyCall = (): fc.Arbitrary<Call> =>
  fc
    .record({ elements: elements(anyType()), types: fc.tuple(...NAMES.map(namedType)) })
    .chain(({ elements: of, types }) => {
      const named = Object.fromEntries(NAMES.map((name, at) => [name, types[at]!]));
      return new ValuesOf(named)
        .of({ kind: "tuple", elements: of }, 5)
        .map((args) => ({ elements: of, types: named, args: args as readonly unknown[] }));
    });
