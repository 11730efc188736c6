import { SuperJSON } from "superjson";
import { binaryOf, binaryText, isBinary } from "./binary.js";
import { errorOf, type ErrorParts } from "./error-parts.js";
import { Refusal } from "./refusal.js";
import { isErrorStandIn, KeyedObject, Reference } from "./tree.js";

/** A custom type of superjson's, over values that JSON or superjson itself can write. */
interface CustomType<T> {
  readonly isApplicable: (value: unknown) => value is T;
  readonly serialize: (value: T) => unknown;
  /** Its argument came over the wire. */
  readonly deserialize: (json: unknown) => unknown;
}

/** Infers `T` for each type of the table on its own, then forgets it: superjson calls `serialize` with what is applicable. */
const customType = <T>(type: CustomType<T>): CustomType<unknown> => type as unknown as CustomType<unknown>;

const CUSTOM_TYPES = {
  binary: customType({ isApplicable: isBinary, serialize: binaryText, deserialize: binaryOf }),
  error: customType({
    isApplicable: isErrorStandIn,
    serialize: (parts): ErrorParts => ({ ...parts }),
    deserialize: errorOf,
  }),
  reference: customType({
    isApplicable: (value): value is Reference => value instanceof Reference,
    serialize: ({ index }) => index,
    deserialize: (index) => new Reference(expect(index, Number.isSafeInteger(index)) as number),
  }),
  object: customType({
    isApplicable: (value): value is KeyedObject => value instanceof KeyedObject,
    serialize: (object) => [...object],
    deserialize: (entries) => Object.fromEntries(expect(entries, isEntries(entries)) as [string, unknown][]),
  }),
  URLSearchParams: customType({
    isApplicable: (value): value is URLSearchParams => value instanceof URLSearchParams,
    serialize: String,
    deserialize: (text) => new URLSearchParams(expect(text, typeof text === "string") as string),
  }),
} as const satisfies Record<string, CustomType<unknown>>;

function expect(json: unknown, isAsWritten: boolean): unknown {
  if (!isAsWritten) throw new Refusal("has a custom value of another form than is written");
  return json;
}

const isEntries = (json: unknown): boolean =>
  Array.isArray(json) &&
  json.every((entry) => Array.isArray(entry) && entry.length === 2 && typeof entry[0] === "string");

/**
 * How a custom type is revived.
 * @throws Refusal when there is none of that name.
 */
export function customReviver(name: unknown): (json: unknown) => unknown {
  if (typeof name !== "string" || !Object.hasOwn(CUSTOM_TYPES, name)) {
    throw new Refusal("has an annotation of a type that is not revived");
  }
  return CUSTOM_TYPES[name as keyof typeof CUSTOM_TYPES].deserialize;
}

/** An instance of our own: what others register on superjson's default one is of no effect here. */
export function createSuperjson(): SuperJSON {
  const superjson = new SuperJSON();
  for (const [name, type] of Object.entries(CUSTOM_TYPES)) {
    superjson.registerCustom(type as Parameters<SuperJSON["registerCustom"]>[0], name);
  }
  return superjson;
}
