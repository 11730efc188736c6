import { Refusal } from "./refusal.js";

/** An error as data. Of its class only the name travels; what comes back is an `Error` of that name. */
export interface ErrorParts {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: unknown;
  /** The list of an `AggregateError`. */
  readonly errors?: unknown;
  /** Its other own enumerable properties, and its `code` wherever that is. */
  readonly own?: Readonly<Record<string, unknown>>;
}

const STANDARD: ReadonlySet<string> = new Set(["name", "message", "stack", "cause", "errors"]);

export function partsOf(error: Error): ErrorParts {
  const own = ownProperties(error);
  // whatever its class says, anything can have been assigned to them
  const { name, message } = error as { readonly name: unknown; readonly message: unknown };
  return {
    name: String(name),
    message: String(message),
    ...(typeof error.stack === "string" && { stack: error.stack }),
    ...(Object.hasOwn(error, "cause") && { cause: error.cause }),
    ...(Object.hasOwn(error, "errors") && { errors: (error as { errors?: unknown }).errors }),
    ...(Object.keys(own).length > 0 && { own }),
  };
}

function ownProperties(error: Error): Record<string, unknown> {
  const own = Object.fromEntries(Object.entries(error).filter(([key]) => !STANDARD.has(key)));
  const { code } = error as { code?: unknown };
  const isData = typeof code === "string" || typeof code === "number";
  return isData && !Object.hasOwn(own, "code") ? { ...own, code } : own;
}

/**
 * @param parts came over the wire
 * @throws Refusal when they are not what `partsOf` makes.
 */
export function errorOf(parts: unknown): Error {
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
      (typeof own === "object" && own !== null && !Object.keys(own).some((key) => STANDARD.has(key))))
  );
}

const define = (error: Error, key: string, value: unknown, enumerable: boolean): unknown =>
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
