import { SuperJSON } from "superjson";
import { binaryText, isBinary } from "./binary.js";
import { isErrorStandIn, KeyedObject, Reference } from "./tree.js";

/** A custom type of superjson's, written as values that JSON or superjson itself can write. `revivers.ts` reads them. */
interface CustomType<T> {
  readonly isApplicable: (value: unknown) => value is T;
  readonly serialize: (value: T) => unknown;
}

/** Infers `T` for each type of the table on its own, then forgets it: superjson calls `serialize` with what is applicable. */
const customType = <T>(type: CustomType<T>): CustomType<unknown> => type as unknown as CustomType<unknown>;

const CUSTOM_TYPES = {
  binary: customType({ isApplicable: isBinary, serialize: binaryText }),
  error: customType({ isApplicable: isErrorStandIn, serialize: (parts) => ({ ...parts }) }),
  reference: customType({
    isApplicable: (value): value is Reference => value instanceof Reference,
    serialize: ({ index }) => index,
  }),
  object: customType({
    isApplicable: (value): value is KeyedObject => value instanceof KeyedObject,
    serialize: (object) => [...object],
  }),
  URLSearchParams: customType({
    isApplicable: (value): value is URLSearchParams => value instanceof URLSearchParams,
    serialize: String,
  }),
} as const satisfies Record<string, CustomType<unknown>>;

/** The types that superjson is taught. */
export type CustomTypeName = keyof typeof CUSTOM_TYPES;

/** An instance of our own, which only writes: what others register on superjson's default one is of no effect here. */
export function createSuperjson(): SuperJSON {
  const superjson = new SuperJSON();
  for (const [name, type] of Object.entries(CUSTOM_TYPES)) {
    superjson.registerCustom(
      { ...type, deserialize: (json) => json } as Parameters<SuperJSON["registerCustom"]>[0],
      name,
    );
  }
  return superjson;
}
