import { deepStrictEqual } from "node:assert";

/**
 * Asserts that two values are the same also where objects are shared: whatever is one object in `actual` is one object in
 * `expected`, at the same places. Tells -0 from 0 and `undefined` from a missing property; keys are in the same order.
 */
export function assertSameGraph(actual: unknown, expected: unknown): void {
  deepStrictEqual(describe(actual), describe(expected));
}

/** The value as a list without sharing: each object once, in the order it is met, its insides by number. */
function describe(root: unknown): unknown[] {
  const numbers = new Map<object, number>();
  const list: unknown[] = [];
  const visit = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return ["is", value];
    const known = numbers.get(value);
    if (known !== undefined) return ["object", known];
    const number = numbers.size;
    numbers.set(value, number);
    const entry: unknown[] = [];
    list[number] = entry;
    entry.push(Object.getPrototypeOf(value), ...insides(value).map(visit));
    return ["object", number];
  };
  return [visit(root), ...list];
}

function insides(value: object): unknown[] {
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return [...value];
  if (value instanceof Date) return [value.getTime()];
  if (value instanceof URL || value instanceof URLSearchParams) return [String(value)];
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)];
  if (ArrayBuffer.isView(value)) return [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)];
  if (value instanceof Error)
    return [value.name, value.message, value.stack, value.cause, ...Object.entries(value).flat()];
  return Array.isArray(value) ? [value.length, ...Object.entries(value).flat()] : Object.entries(value).flat();
}
