import { types } from "node:util";
import { BINARY_PROTOTYPES } from "./binary.js";
import { foreignKind } from "./plain-kinds.js";

/** How a value's insides are reached. A leaf has none. */
export type Kind = "object" | "array" | "map" | "set" | "error" | "leaf";

/** By the exact prototype, so that a subclass, whose own state would be lost, is none of these. */
const KINDS = new Map<unknown, Kind>([
  [Object.prototype, "object"],
  [null, "object"],
  [Array.prototype, "array"],
  [Map.prototype, "map"],
  [Set.prototype, "set"],
  ...[Date.prototype, URL.prototype, URLSearchParams.prototype, ...BINARY_PROTOTYPES].map(
    (leaf) => [leaf, "leaf"] as const,
  ),
]);

/** `undefined` for what cannot travel. */
export function kindOf(value: object): Kind | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  return KINDS.get(prototype) ?? (isError(value) ? "error" : foreignKind(prototype as object, value));
}

/** Any class of error: it travels as a plain `Error`. */
const isError = (value: object): value is Error => value instanceof Error || types.isNativeError(value);
