import { BINARY_CLASSES, lowestByteFirst, type Binary } from "./binary.js";
import { STANDARD_PROPERTIES, type ErrorParts } from "./error-parts.js";
import { Refusal } from "./refusal.js";
import type { CustomTypeName } from "./superjson.js";
import { Reference } from "./tree.js";

/** What reads the custom types of superjson's that `superjson.ts` writes. Their argument came over the wire. */
const REVIVERS = {
  binary: binaryOf,
  error: errorOf,
  reference: (index) => new Reference(expect(index, Number.isSafeInteger(index)) as number),
  object: (entries) => Object.fromEntries(expect(entries, isEntries(entries)) as [string, unknown][]),
  URLSearchParams: (text) => new URLSearchParams(expect(text, typeof text === "string") as string),
} as const satisfies Record<CustomTypeName, (json: unknown) => unknown>;

/**
 * How a custom type is revived.
 * @throws Refusal when there is none of that name.
 */
export function customReviver(name: unknown): (json: unknown) => unknown {
  if (typeof name !== "string" || !Object.hasOwn(REVIVERS, name)) {
    throw new Refusal("has an annotation of a type that is not revived");
  }
  return REVIVERS[name as CustomTypeName];
}

function expect(json: unknown, isAsWritten: boolean): unknown {
  if (!isAsWritten) throw new Refusal("has a custom value of another form than is written");
  return json;
}

const isEntries = (json: unknown): boolean =>
  Array.isArray(json) &&
  json.every((entry) => Array.isArray(entry) && entry.length === 2 && typeof entry[0] === "string");

/**
 * The same class over a buffer of its own; a Buffer comes back as a Buffer.
 * @param text came over the wire
 * @throws Refusal when it is not what `binaryText` makes.
 */
function binaryOf(text: unknown): Binary {
  const [name, base64] = Array.isArray(text) ? (text as readonly unknown[]) : [];
  const binary = typeof name === "string" ? BINARY_CLASSES.get(name) : undefined;
  if (binary === undefined || typeof base64 !== "string") throw new Refusal("has binary data of an unknown class");
  const bytes = Buffer.from(base64, "base64");
  if (Math.ceil(bytes.length / 3) * 4 !== base64.length || bytes.length % binary.width !== 0) {
    throw new Refusal(`has a ${name as string} that is not base64 of whole elements`);
  }
  // a Buffer of few bytes lies in a pool that it shares with others
  const own = new Uint8Array(bytes.length);
  own.set(lowestByteFirst(bytes, binary.width));
  return binary.over(own.buffer);
}

/**
 * @param parts came over the wire
 * @throws Refusal when they are not what `partsOf` makes.
 */
function errorOf(parts: unknown): Error {
  if (!isErrorParts(parts)) throw new Refusal("has an error without name and message");
  const error = new Error(parts.message);
  const standard = { name: parts.name, stack: parts.stack ?? `${parts.name}: ${parts.message}` };
  for (const [key, value] of Object.entries(standard)) define(error, key, value, false);
  for (const key of ["cause", "errors"] as const) {
    if (Object.hasOwn(parts, key)) define(error, key, parts[key], false);
  }
  for (const [key, value] of Object.entries(parts.own ?? {})) define(error, key, value, true);
  return error;
}

function isErrorParts(parts: unknown): parts is ErrorParts {
  if (typeof parts !== "object" || parts === null) return false;
  const { name, message, stack, own } = parts as Record<keyof ErrorParts, unknown>;
  return (
    typeof name === "string" &&
    typeof message === "string" &&
    (stack === undefined || typeof stack === "string") &&
    (own === undefined ||
      (typeof own === "object" && own !== null && !Object.keys(own).some((key) => STANDARD_PROPERTIES.has(key))))
  );
}

const define = (error: Error, key: string, value: unknown, enumerable: boolean): unknown =>
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
