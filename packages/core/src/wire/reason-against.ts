const ADVICE: Readonly<Record<string, string>> = {
  Promise: "await it first",
  RegExp: "pass its source and flags as strings",
  Number: "pass the number it wraps",
  String: "pass the string it wraps",
  Boolean: "pass the boolean it wraps",
  WeakMap: "pass a Map",
  WeakSet: "pass a Set",
  WeakRef: "pass what it refers to",
  Blob: "pass its bytes, or where they are stored",
  File: "pass its bytes, or where they are stored",
  FormData: "pass its entries as an array",
  Headers: "pass its entries as an array",
  SharedArrayBuffer: "pass a copy of its bytes",
};

/** Why a value that is of no kind cannot travel, and what to do instead. */
export function reasonAgainst(value: object): string {
  if (value instanceof Date) return "is an Invalid Date, which cannot travel; pass a valid one or null";
  const name = className(value);
  const advice = Object.hasOwn(ADVICE, name) ? ADVICE[name] : undefined;
  if (advice !== undefined) return `is a ${name}, which cannot travel; ${advice}`;
  if (isStream(value)) return `is a stream (${name}), which cannot travel; pass its bytes, or where they are stored`;
  if (isIterator(value)) return `is an iterator (${name}), which cannot travel; pass an array of what it yields`;
  return `is an instance of the class ${name}, which cannot travel; pass a plain object of its data`;
}

/** The name of the nearest constructor, or what the value calls itself. */
function className(value: object): string {
  const { constructor } = value as { constructor?: unknown };
  const name = typeof constructor === "function" ? constructor.name : "";
  const isTelling = name !== "" && name !== "Object" && name !== "Iterator";
  return isTelling ? name : Object.prototype.toString.call(value).slice(8, -1);
}

const has = (value: object, method: string): boolean =>
  typeof (value as Readonly<Record<string, unknown>>)[method] === "function";

const isStream = (value: object): boolean => has(value, "pipe") || has(value, "getReader") || has(value, "getWriter");

const isIterator = (value: object): boolean =>
  has(value, "next") && (Symbol.iterator in value || Symbol.asyncIterator in value);
