/**
 * The value as it is now, so that changing it afterwards has no effect. What cannot travel is taken as it is: whoever encodes
 * it refuses it.
 */
export function snapshot<T>(value: T): T {
  try {
    return copied(value, new Map()) as T;
  } catch {
    // a getter or a proxy threw, or it nests too deep
    return value;
  }
}

function copied(value: unknown, copies: Map<object, unknown>): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (copies.has(value)) return copies.get(value);
  const copy = shallowCopy(value);
  // n.b. an instance of a class must not become a plain object, which could travel
  if (Object.getPrototypeOf(copy) !== Object.getPrototypeOf(value)) return value;
  copies.set(value, copy);
  const inner = (each: unknown): unknown => copied(each, copies);
  if (copy instanceof Map) (value as typeof copy).forEach((each, key) => copy.set(inner(key), inner(each)));
  else if (copy instanceof Set) (value as typeof copy).forEach((each) => copy.add(inner(each)));
  else if (!isOpaque(copy)) {
    const properties = copy as Record<string, unknown>;
    const names = copy instanceof Error ? [...Object.keys(copy), "cause", "errors"] : Object.keys(copy);
    for (const name of names) if (Object.hasOwn(copy, name)) properties[name] = inner(properties[name]);
  }
  return copy;
}

const isOpaque = (value: object): boolean =>
  value instanceof Date || value instanceof URL || value instanceof URLSearchParams || isBinary(value);

const isBinary = (value: object): boolean => ArrayBuffer.isView(value) || value instanceof ArrayBuffer;

function shallowCopy(value: object): object {
  if (Array.isArray(value)) return Object.assign(new Array(value.length), value) as object;
  if (value instanceof Map) return new Map();
  if (value instanceof Set) return new Set();
  if (value instanceof Date) return new Date(value);
  if (value instanceof URL) return new URL(value);
  if (value instanceof URLSearchParams) return new URLSearchParams(value);
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  if (isBinary(value)) return structuredClone(value);
  if (value instanceof Error) return copyOfError(value);
  return Object.getPrototypeOf(value) === null ? (Object.assign(Object.create(null), value) as object) : { ...value };
}

/** n.b. its stack may be read by what belongs to the original alone. */
function copyOfError(error: Error): object {
  const { stack, ...own } = Object.getOwnPropertyDescriptors(error);
  const copy = Object.create(Object.getPrototypeOf(error) as object, own) as object;
  return stack === undefined ? copy : Object.defineProperty(copy, "stack", { value: error.stack, writable: true });
}
