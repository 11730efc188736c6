import type { RemoteError } from "./remote-error.js";

/** Causes of causes, and errors in all; more than is ever written. */
const MAX_DEPTH = 16;
const MAX_ERRORS = 200;

/** Whether a value that came is an error as data, with all the errors that it holds. */
export function isRemoteError(value: unknown): value is RemoteError {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  for (let seen = 0; open.length > 0; seen++) {
    const one = open.pop()!;
    if (seen >= MAX_ERRORS || one.depth > MAX_DEPTH || !hasFields(one.value)) return false;
    const { cause, errors = [] } = one.value;
    const held = cause === undefined ? errors : [cause, ...errors];
    if (held.length > MAX_ERRORS) return false;
    for (const each of held) open.push({ value: each, depth: one.depth + 1 });
  }
  return true;
}

/** The same without what it holds. */
type Fields = Omit<RemoteError, "cause" | "errors"> & {
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
};

function hasFields(value: unknown): value is Fields {
  if (typeof value !== "object" || value === null) return false;
  const { name, message, stack = "", code = "", data = "", errors = [] } = value as Record<string, unknown>;
  return [name, message, stack, code, data].every((text) => typeof text === "string") && Array.isArray(errors);
}
