/** Of what JSON has: `undefined` for all else. */
export function plainKindOf(value: object): "object" | "array" | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return "object";
  return prototype === Array.prototype ? "array" : foreignKind(prototype as object, value);
}

/** Plain objects and arrays of another realm: `fetch` makes such under test runners that use `node:vm`. */
export function foreignKind(prototype: object, value: object): "object" | "array" | undefined {
  const parent: unknown = Object.getPrototypeOf(prototype);
  const name = Object.hasOwn(prototype, "constructor") ? prototype.constructor?.name : undefined;
  if (parent === null) return name === "Object" ? "object" : undefined;
  const isTopmost = Object.getPrototypeOf(parent) === null;
  return isTopmost && name === "Array" && Array.isArray(value) ? "array" : undefined;
}
