import * as fc from "fast-check";
import {
  unionOf,
  type Builtin,
  type ObjectModel,
  type PropertyModel,
  type TaskTypes,
  type TupleElement,
  type TupleModel,
  type TypeModel,
} from "../../packages/codegen/dist/contract/type-model.js";

export type Definitions = Readonly<Record<string, TypeModel>>;

/** A type with the definitions that it refers to. */
export interface DefinedType {
  readonly type: TypeModel;
  readonly definitions: Definitions;
}

// what tests write types with

export const string: TypeModel = { kind: "string" };
export const number: TypeModel = { kind: "number" };
export const boolean: TypeModel = { kind: "boolean" };
export const nothing: TypeModel = { kind: "undefined" };
export const date: TypeModel = { kind: "builtin", name: "Date" };
export const literal = (value: string | number | boolean): TypeModel => ({ kind: "literal", value });
export const ref = (name: string): TypeModel => ({ kind: "ref", name });
export const list = (element: TypeModel): TypeModel => ({ kind: "array", element });
export const union = (...members: readonly TypeModel[]): TypeModel => unionOf(members);
export const literals = (...values: readonly (string | number | boolean)[]): TypeModel => unionOf(values.map(literal));

/** `{ "a": string, "b?": number }`: a property whose name ends with `?` is optional. */
export const object = (properties: Readonly<Record<string, TypeModel>>, index?: ObjectModel["index"]): ObjectModel => ({
  kind: "object",
  properties: Object.entries(properties)
    .map(([name, type]): PropertyModel => ({ name: name.replace("?", ""), type, ...optional(name) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  ...(index && { index }),
});

/** `{ "x": string, "y?": number, "...rest": string }`: names as parameters have them. */
export const tuple = (elements: Readonly<Record<string, TypeModel>>): TupleModel => ({
  kind: "tuple",
  elements: Object.entries(elements).map(([name, type]): TupleElement => ({
    name: name.replace("...", "").replace("?", ""),
    type,
    ...(name.startsWith("...") ? { rest: true } : optional(name)),
  })),
});

const optional = (name: string): { optional?: true } => (name.endsWith("?") ? { optional: true } : {});

/** The types of a task; a result of `undefined`, no errors and no definitions unless given. */
export const task = (args: Readonly<Record<string, TypeModel>>, rest: Partial<TaskTypes> = {}): TaskTypes => ({
  args: tuple(args),
  result: nothing,
  errors: {},
  types: {},
  ...rest,
});

// random types

const names = fc.constantFrom("a", "b", "c", "kind");
const definitionNames = ["D0", "D1", "D2"] as const;

const leaves: fc.Arbitrary<TypeModel> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom<TypeModel["kind"]>("string", "number", "boolean", "bigint", "null", "undefined")
      .map((kind) => ({ kind }) as TypeModel),
  },
  { weight: 1, arbitrary: fc.constantFrom<TypeModel>({ kind: "any" }, { kind: "unknown" }, { kind: "never" }) },
  { weight: 6, arbitrary: fc.constantFrom("x", "y", "id-1", "id-x", 0, 1, true, false).map((value) => literal(value)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<TypeModel>(
      { kind: "bigint-literal", value: "1" },
      { kind: "bigint-literal", value: "-2" },
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<Builtin>("Date", "URL", "Buffer", "Uint8Array")
      .map((name): TypeModel => ({ kind: "builtin", name })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<TypeModel>(string, number, literals("1", "x"))
      .map((type): TypeModel => ({ kind: "template", texts: ["id-", ""], types: [type] })),
  },
  { weight: 4, arbitrary: fc.constantFrom(...definitionNames).map(ref) },
);

const objects = (inner: fc.Arbitrary<TypeModel>): fc.Arbitrary<TypeModel> =>
  fc
    .record({
      properties: fc.uniqueArray(fc.record({ name: names, type: inner, optional: fc.boolean() }), {
        selector: ({ name }) => name,
        maxLength: 3,
      }),
      index: fc.option(
        fc.record({
          key: fc.constantFrom<TypeModel>(string, number, { kind: "template", texts: ["x-", ""], types: [string] }),
          value: inner,
        }),
        { freq: 6 },
      ),
    })
    .map(({ properties, index }) => ({
      kind: "object",
      properties: properties
        .map(({ name, type, optional: isOptional }): PropertyModel => ({
          name,
          type,
          ...(isOptional && { optional: true }),
        }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      ...(index && { index: [index] }),
    }));

const tuples = (inner: fc.Arbitrary<TypeModel>): fc.Arbitrary<TupleModel> =>
  fc
    .record({
      required: fc.array(inner, { maxLength: 2 }),
      optional: fc.array(inner, { maxLength: 1 }),
      rest: fc.option(inner),
      tail: fc.option(inner, { freq: 2 }),
    })
    .map(({ required, optional, rest, tail }) => ({
      kind: "tuple",
      elements: [
        ...required.map((type, at) => ({ name: `p${at}`, type })),
        ...optional.map((type, at) => ({ name: `o${at}`, type, optional: true as const })),
        ...(rest ? [{ name: "rest", type: rest, rest: true as const }] : []),
        ...(tail && rest && optional.length === 0 ? [{ name: "tail", type: tail }] : []),
      ],
    }));

/** Any type; refs lead to `D0`, `D1` and `D2`. */
export const typeModels: fc.Arbitrary<TypeModel> = fc.letrec<{ type: TypeModel }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, depthSize: "small", withCrossShrink: true },
    leaves,
    objects(tie("type")),
    tuples(tie("type")),
    tie("type").map((element): TypeModel => ({ kind: "array", element })),
    tie("type").map((element): TypeModel => ({ kind: "set", element })),
    fc.tuple(tie("type"), tie("type")).map(([key, value]): TypeModel => ({ kind: "map", key, value })),
    fc.array(tie("type"), { minLength: 2, maxLength: 3 }).map(unionOf),
  ),
})).type;

export const definitionsOf: fc.Arbitrary<Definitions> = fc.record({
  D0: typeModels,
  D1: objects(typeModels),
  D2: objects(typeModels),
});

export const definedTypes: fc.Arbitrary<DefinedType> = fc.record({ type: typeModels, definitions: definitionsOf });

/** Arguments: named, with what is optional after what is required. */
export const argumentLists: fc.Arbitrary<TupleModel> = tuples(typeModels).map(({ kind, elements }) => ({
  kind,
  elements: elements.filter(({ name }) => name !== "tail"),
}));

/** The types of a task over definitions that may be recursive. */
export const taskTypes: fc.Arbitrary<TaskTypes> = fc.record({
  args: argumentLists,
  result: typeModels,
  errors: fc.dictionary(
    fc.constantFrom("CARD_DECLINED", "NOT_FOUND"),
    objects(typeModels) as fc.Arbitrary<ObjectModel>,
  ),
  types: definitionsOf,
});

// values of types, and whether a value is one

/** Numbers in [0, 1). */
export type Random = () => number;

/** Mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pick = <T>(items: readonly T[], random: Random): T => items[Math.floor(random() * items.length)] as T;

/** Raised where a type has no value of bounded size. */
class NoValue extends Error {}

/** Some value of a type; `undefined` where there is none within a few levels. */
export function valueOf({ type, definitions }: DefinedType, random: Random): { readonly value: unknown } | undefined {
  try {
    return { value: make(type, { definitions, random, depth: 0 }) };
  } catch (error) {
    if (error instanceof NoValue) return undefined;
    throw error;
  }
}

interface Making {
  readonly definitions: Definitions;
  readonly random: Random;
  readonly depth: number;
}

const SIMPLE_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  string: ["", "x", "id-1", "id-x", "7"],
  number: [0, 1, -1.5, 1e21],
  boolean: [true, false],
  bigint: [0n, 1n, -2n],
  null: [null],
  undefined: [undefined],
  any: ["x", 1, null, undefined, { a: 1 }, ["x"]],
  unknown: ["x", 1, null, undefined, { a: 1 }, ["x"]],
};

const BUILTIN_VALUES: Readonly<Record<string, () => unknown>> = {
  Date: () => new Date(0),
  URL: () => new URL("https://example.org/"),
  Buffer: () => Buffer.from("x"),
  Uint8Array: () => new Uint8Array(2),
};

function make(type: TypeModel, making: Making): unknown {
  if (making.depth > 6) throw new NoValue();
  const deeper = { ...making, depth: making.depth + 1 };
  const some = (element: TypeModel, fewest = 0): unknown[] => {
    const count = Math.max(fewest, making.depth > 3 ? 0 : Math.floor(making.random() * 3));
    return attemptAll(count, fewest, () => make(element, deeper));
  };
  switch (type.kind) {
    case "literal":
      return type.value;
    case "bigint-literal":
      return BigInt(type.value);
    case "template":
      return type.texts
        .map((text, at) => text + (type.types[at] ? templateText(type.types[at], making.random) : ""))
        .join("");
    case "array":
      return some(type.element);
    case "set":
      return new Set(some(type.element));
    case "map":
      return new Map(
        some({ kind: "tuple", elements: [{ type: type.key }, { type: type.value }] }) as [unknown, unknown][],
      );
    case "tuple":
      return makeTuple(type, deeper, some);
    case "object":
      return makeObject(type, deeper);
    case "union":
      return firstThatWorks(shuffle(type.members, making.random), (member) => make(member, making));
    case "ref":
      return make(making.definitions[type.name] as TypeModel, deeper);
    case "builtin":
      return (BUILTIN_VALUES[type.name] as () => unknown)();
    case "never":
      throw new NoValue();
    default:
      return pick(SIMPLE_VALUES[type.kind] as readonly unknown[], making.random);
  }
}

const templateText = (type: TypeModel, random: Random): string =>
  String(
    type.kind === "union"
      ? make(pick(type.members, random), { definitions: {}, random, depth: 0 })
      : type.kind === "number"
        ? pick([0, 12, -1.5], random)
        : pick(["", "x", "1"], random),
  );

function makeTuple({ elements }: TupleModel, making: Making, some: (element: TypeModel) => unknown[]): unknown[] {
  const values: unknown[] = [];
  for (const { type, optional: isOptional, rest } of elements) {
    if (rest) values.push(...some(type));
    else if (!isOptional) values.push(make(type, making));
    else if (making.random() < 0.4) return values;
    else values.push(attempt(() => make(type, making), undefined));
  }
  return values;
}

function makeObject({ properties, index = [] }: ObjectModel, making: Making): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const { name, type, optional: isOptional } of properties) {
    if (!isOptional) value[name] = make(type, making);
    else if (making.random() < 0.5)
      value[name] = making.random() < 0.2 ? undefined : attempt(() => make(type, making), undefined);
  }
  for (const { key, value: type } of index) {
    const free = KEYS.filter((name) => isKey(name, key) && !properties.some((property) => property.name === name));
    for (const name of free) if (making.random() < 0.4) tryTo(() => (value[name] = make(type, making)));
  }
  return value;
}

/** Names that are keys of every kind of index signature, some of them those of properties. */
const KEYS = ["a", "b", "c", "kind", "0", "17", "x-1", "x-y", "other"];

function isKey(name: string, key: TypeModel): boolean {
  if (key.kind === "number") return String(Number(name)) === name;
  return key.kind !== "template" || isValue(name, { type: key, definitions: {} });
}

function tryTo(action: () => unknown): void {
  attempt(action, undefined);
}

function attempt<T>(action: () => T, otherwise: T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof NoValue) return otherwise;
    throw error;
  }
}

function attemptAll(count: number, fewest: number, action: () => unknown): unknown[] {
  const values: unknown[] = [];
  for (let made = 0; made < count; made++) {
    if (made < fewest) values.push(action());
    else tryTo(() => values.push(action()));
  }
  return values;
}

function firstThatWorks<T>(items: readonly T[], action: (item: T) => unknown): unknown {
  for (const item of items) {
    try {
      return action(item);
    } catch (error) {
      if (!(error instanceof NoValue)) throw error;
    }
  }
  throw new NoValue();
}

function shuffle<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/**
 * Whether a value is of a type, by the meaning of the model alone; what is absent is `undefined`.
 * @param passed names of the definitions that led here: `type A = A | string` says no more of A than `string`
 */
export function isValue(value: unknown, { type, definitions }: DefinedType, passed: readonly string[] = []): boolean {
  const is = (inner: unknown, innerType: TypeModel): boolean => isValue(inner, { type: innerType, definitions });
  switch (type.kind) {
    case "any":
    case "unknown":
      return true;
    case "never":
      return false;
    case "null":
      return value === null;
    case "literal":
      return value === type.value;
    case "bigint-literal":
      return value === BigInt(type.value);
    case "template":
      return typeof value === "string" && templatePattern(type).test(value);
    case "array":
      return Array.isArray(value) && value.every((element) => is(element, type.element));
    case "set":
      return value instanceof Set && [...value].every((element) => is(element, type.element));
    case "map":
      return value instanceof Map && [...value].every(([key, entry]) => is(key, type.key) && is(entry, type.value));
    case "tuple":
      return Array.isArray(value) && isTuple(value, type.elements, is);
    case "object":
      return isObject(value, type, is);
    case "union":
      return type.members.some((member) => isValue(value, { type: member, definitions }, passed));
    case "ref":
      if (passed.includes(type.name)) return false;
      return isValue(value, { type: definitions[type.name] as TypeModel, definitions }, [...passed, type.name]);
    case "builtin":
      return value instanceof (globalThis as unknown as Record<string, new () => object>)[type.name]!;
    default:
      return typeof value === type.kind;
  }
}

type Is = (value: unknown, type: TypeModel) => boolean;

function templatePattern({ texts, types }: Extract<TypeModel, { readonly kind: "template" }>): RegExp {
  const part = (type: TypeModel): string => {
    if (type.kind === "union") return `(?:${type.members.map(part).join("|")})`;
    if (type.kind === "literal") return String(type.value);
    return type.kind === "number" ? String.raw`-?\d+(?:\.\d+)?` : ".*";
  };
  return new RegExp(`^${texts.map((text, at) => text + (types[at] ? part(types[at]) : "")).join("")}$`, "s");
}

function isTuple(values: readonly unknown[], elements: readonly TupleElement[], is: Is): boolean {
  const [element, ...others] = elements;
  if (element === undefined) return values.length === 0;
  const [value, ...rest] = values;
  if (element.rest) {
    const taken = values.slice(0, values.length - others.filter(({ optional: isOptional }) => !isOptional).length);
    return taken.every((item) => is(item, element.type)) && isTuple(values.slice(taken.length), others, is);
  }
  if (values.length === 0) return (element.optional || is(undefined, element.type)) && isTuple([], others, is);
  return ((element.optional && value === undefined) || is(value, element.type)) && isTuple(rest, others, is);
}

function isObject(value: unknown, { properties, index = [] }: ObjectModel, is: Is): boolean {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  const entries = new Map(Object.entries(value));
  const known = new Set(properties.map(({ name }) => name));
  const isFilled = properties.every(
    ({ name, type, optional: isOptional }) =>
      (isOptional && entries.get(name) === undefined) || is(entries.get(name), type),
  );
  return (
    isFilled &&
    [...entries].every(
      ([name, inner]) =>
        known.has(name) || index.every((signature) => !isKey(name, signature.key) || is(inner, signature.value)),
    )
  );
}

/** A type that differs from another in a few places, or in none. */
export function mutate(type: TypeModel, random: Random, others: readonly TypeModel[]): TypeModel {
  if (random() < 0.06) return pick(others, random);
  if (random() < 0.06) return unionOf([type, pick(others, random)]);
  const inner = (part: TypeModel): TypeModel => mutate(part, random, others);
  switch (type.kind) {
    case "array":
    case "set":
      return { ...type, element: inner(type.element) };
    case "map":
      return { ...type, key: inner(type.key), value: inner(type.value) };
    case "union":
      return unionOf(type.members.filter(() => random() > 0.1).map(inner));
    case "tuple":
      return mutateTuple(type, random, others);
    case "object":
      return mutateObject(type, random, others);
    default:
      return type;
  }
}

export function mutateTuple(type: TupleModel, random: Random, others: readonly TypeModel[]): TupleModel {
  const kept = type.elements
    .filter(() => random() > 0.05)
    .map((element) => ({ ...element, type: mutate(element.type, random, others) }));
  const hasRest = kept.some(({ rest }) => rest);
  const isLonger = random() < 0.1 && !hasRest;
  const isOpen = kept.some((element) => element.optional);
  const added = {
    name: "added",
    type: pick(others, random),
    ...((isOpen || random() < 0.5) && { optional: true as const }),
  };
  const elements = isLonger ? [...kept, added] : kept;
  return { kind: "tuple", elements: random() < 0.15 && !hasRest ? reopen(elements, random) : elements };
}

/** The same elements, optional from some place on. */
function reopen(elements: readonly TupleElement[], random: Random): TupleElement[] {
  const first = Math.floor(random() * (elements.length + 1));
  return elements.map(({ name, type }, at) => ({
    ...(name && { name }),
    type,
    ...(at >= first && { optional: true }),
  }));
}

function mutateObject(type: ObjectModel, random: Random, others: readonly TypeModel[]): ObjectModel {
  const properties = type.properties
    .filter(() => random() > 0.06)
    .map(({ name, type: inner, optional: isOptional }): PropertyModel => ({
      name,
      type: mutate(inner, random, others),
      ...((random() < 0.08 ? !isOptional : isOptional) && { optional: true }),
    }));
  const free = ["a", "b", "c", "kind"].find((name) => !properties.some((property) => property.name === name));
  const added =
    free !== undefined && random() < 0.1
      ? [{ name: free, type: pick(others, random), ...(random() < 0.6 && { optional: true as const }) }]
      : [];
  const sorted = [...properties, ...added].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { kind: "object", properties: sorted, ...(type.index && random() > 0.1 && { index: type.index }) };
}
