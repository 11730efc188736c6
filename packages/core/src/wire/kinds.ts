import { types } from "node:util";
import { BINARY_PROTOTYPES } from "./binary.js";

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
  return KINDS.get(prototype) ?? (isError(value) ? "error" : foreignKind(value, prototype as object));
}

/** Any class of error: it travels as a plain `Error`. */
const isError = (value: object): value is Error => value instanceof Error || types.isNativeError(value);

/** Plain objects and arrays of another realm: `fetch` makes such under test runners that use `node:vm`. */
function foreignKind(value: object, prototype: object): Kind | undefined {
  const parent: unknown = Object.getPrototypeOf(prototype);
  const name = Object.hasOwn(prototype, "constructor") ? prototype.constructor?.name : undefined;
  if (parent === null) return name === "Object" ? "object" : undefined;
  const isTopmost = Object.getPrototypeOf(parent) === null;
  return isTopmost && name === "Array" && Array.isArray(value) ? "array" : undefined;
}
