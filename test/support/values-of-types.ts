import * as fc from "fast-check";
import type { Builtin, ObjectModel, TupleElement, TypeModel } from "../../packages/codegen/dist/contract/type-model.js";

/** What names of types mean. */
export type Types = Readonly<Record<string, TypeModel>>;

/** Names of properties that can travel. */
export const key = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(
      "a",
      "b",
      "id",
      "a.b",
      "",
      "0",
      "kind",
      "constructor",
      "toString",
      "then",
      "length",
      "\u2028",
      "\ud800",
    ),
    fc.string({ maxLength: 4 }).filter((name) => name !== "__proto__" && name !== "prototype"),
  );

/** Values of types. */
export class ValuesOf {
  readonly #types: Types;

  constructor(types: Types) {
    this.#types = types;
  }

  /** At depth 0 whatever may be missing or empty is. */
  of(type: TypeModel, depth: number): fc.Arbitrary<unknown> {
    const many = { maxLength: depth > 0 ? 3 : 0 };
    switch (type.kind) {
      case "literal":
        return fc.constant(type.value);
      case "bigint-literal":
        return fc.constant(BigInt(type.value));
      case "template":
        return this.#template(type.texts, type.types);
      case "array":
        return fc.array(this.#inner(type.element, depth), many);
      case "set":
        return fc.array(this.#inner(type.element, depth), many).map((members) => new Set(members));
      case "map":
        return fc
          .array(fc.tuple(this.#inner(type.key, depth), this.#inner(type.value, depth)), many)
          .map((entries) => new Map(entries));
      case "tuple":
        return this.#tuple(type.elements, depth);
      case "object":
        return this.#object(type, depth);
      case "union":
        return this.#union(type.members, depth);
      case "builtin":
        return BUILTIN_VALUES[type.name];
      case "ref":
        return this.of(this.#types[type.name]!, depth - 1);
      default:
        return SIMPLE_VALUES[type.kind];
    }
  }

  /** Where nothing is needed, nothing is made: otherwise a type within itself would be walked for ever. */
  #inner(type: TypeModel, depth: number): fc.Arbitrary<unknown> {
    return depth > 0 ? this.of(type, depth - 1) : fc.constant(undefined);
  }

  #union(members: readonly TypeModel[], depth: number): fc.Arbitrary<unknown> {
    const usable = depth > 0 ? members : members.filter(({ kind }) => kind !== "ref");
    return fc.oneof(...(usable.length === 0 ? members : usable).map((member) => this.of(member, depth - 1)));
  }

  #template(texts: readonly string[], types: readonly TypeModel[]): fc.Arbitrary<string> {
    const pieces = types.map((type) =>
      (type.kind === "string" ? fc.string({ unit: "binary", maxLength: 4 }) : SIMPLE_VALUES[type.kind as "number"]).map(
        String,
      ),
    );
    return fc.tuple(...pieces).map((values) => texts.map((text, at) => text + (values[at] ?? "")).join(""));
  }

  #tuple(of: readonly TupleElement[], depth: number): fc.Arbitrary<unknown[]> {
    const parts = of.map(({ type, optional, rest }) => {
      if (rest === true) return fc.array(this.#inner(type, depth), { maxLength: depth > 0 ? 3 : 0 });
      const one = (): fc.Arbitrary<unknown[]> => this.of(type, depth - 1).map((value) => [value]);
      if (optional !== true) return one();
      return depth > 0 ? fc.oneof(one(), fc.constant([undefined])) : fc.constant([undefined]);
    });
    const leastLength = of.findLastIndex(({ optional, rest }) => optional !== true && rest !== true) + 1;
    const hasRest = of.some(({ rest }) => rest === true);
    return fc.tuple(fc.tuple(...parts), fc.nat({ max: 2 })).map(([lists, missing]) => {
      const all = lists.flat();
      return hasRest ? all : all.slice(0, Math.max(leastLength, all.length - missing));
    });
  }

  #object({ properties, index = [] }: ObjectModel, depth: number): fc.Arbitrary<unknown> {
    const known = properties
      .filter(({ optional }) => optional !== true || depth > 0)
      .map(({ name, type, optional }) => {
        const one = this.of(type, depth - 1).map((value): [string, unknown][] => [[name, value]]);
        return optional === true
          ? fc.oneof(one, fc.constant<[string, unknown][]>([]), fc.constant<[string, unknown][]>([[name, undefined]]))
          : one;
      });
    const others = index.map(({ key: of, value }) =>
      fc.array(fc.tuple(this.#key(of), this.#inner(value, depth)), { maxLength: depth > 0 ? 3 : 0 }),
    );
    const further = index.length > 0 ? [] : [fc.constantFrom<[string, unknown][]>([], [["further property", 1]])];
    return fc.tuple(...known, ...others, ...further).map((entries) => Object.fromEntries(entries.flat()));
  }

  #key(type: TypeModel): fc.Arbitrary<string> {
    if (type.kind === "number")
      return fc.oneof(fc.integer(), fc.double()).map((value) => String(value === 0 ? 0 : value));
    return type.kind === "template" ? this.#template(type.texts, type.types) : key();
  }
}

const anyNumber = (): fc.Arbitrary<number> =>
  fc.oneof(fc.double(), fc.integer(), fc.constantFrom(NaN, -0, Infinity, -Infinity));

const SIMPLE_VALUES = {
  string: fc.string({ unit: "binary", maxLength: 6 }),
  number: anyNumber(),
  boolean: fc.boolean(),
  bigint: fc.bigInt(),
  null: fc.constant(null),
  undefined: fc.constant(undefined),
  any: fc.constantFrom<unknown>(undefined, null, "any", { any: [] }),
  unknown: fc.constantFrom<unknown>(undefined, null, 5n, new Map()),
  never: fc.constant(undefined),
} as const;

const bytes = fc
  .uint8Array({ maxLength: 24 })
  .map((array) => new Uint8Array(array.subarray(0, array.length & ~7)).buffer);

const over = (Class: new (buffer: ArrayBuffer) => unknown): fc.Arbitrary<unknown> =>
  bytes.map((buffer) => new Class(buffer));

const BUILTIN_VALUES: Readonly<Record<Builtin, fc.Arbitrary<unknown>>> = {
  Date: fc.date({ noInvalidDate: true }),
  URL: fc.webUrl().map((text) => new URL(text)),
  URLSearchParams: fc.string().map((text) => new URLSearchParams(text)),
  Error: fc.string().map((text) => new TypeError(text)),
  ArrayBuffer: bytes,
  DataView: over(DataView),
  Buffer: bytes.map((buffer) => Buffer.from(buffer)),
  Int8Array: over(Int8Array),
  Uint8Array: fc.oneof(
    over(Uint8Array),
    bytes.map((buffer) => Buffer.from(buffer)),
  ),
  Uint8ClampedArray: over(Uint8ClampedArray),
  Int16Array: over(Int16Array),
  Uint16Array: over(Uint16Array),
  Int32Array: over(Int32Array),
  Uint32Array: over(Uint32Array),
  Float32Array: over(Float32Array),
  Float64Array: over(Float64Array),
  BigInt64Array: over(BigInt64Array),
  BigUint64Array: over(BigUint64Array),
};
