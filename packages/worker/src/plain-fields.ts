import { inspect } from "node:util";
import { toRemoteError } from "@taskgen/core/internal";
import type { LogFields } from "./pool/pool.js";
import { cut } from "./cut.js";

/** Objects and lists within one another. */
const MAX_DEPTH = 5;
/** Properties and items of one line, in all. */
const MAX_NODES = 1_000;

/** Fields of a log line as plain data that travels. What is none is shown as text; what is too much is left out. */
export function plainFields(fields: object): LogFields {
  const budget = { left: MAX_NODES };
  if (fields instanceof Error) return { err: plainError(fields) };
  const plain = readable(() => properties(fields, budget, 0));
  return typeof plain === "object" ? plain : { fields: plain };
}

interface Budget {
  left: number;
}

function plainValue(value: unknown, budget: Budget, depth: number): unknown {
  switch (typeof value) {
    case "string":
      return cut(value);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
    case "undefined":
      return value;
    case "object":
      return value === null ? null : plainObject(value, budget, depth);
    default:
      return textOf(value);
  }
}

function plainObject(value: object, budget: Budget, depth: number): unknown {
  if (value instanceof Error) return plainError(value);
  if (value instanceof Date || value instanceof URL) return textOf(value);
  if (depth >= MAX_DEPTH) return textOf(value);
  if (Array.isArray(value)) return items(value, budget, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype ? properties(value, budget, depth) : textOf(value);
}

function properties(object: object, budget: Budget, depth: number): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const key of Object.keys(object)) {
    if (budget.left-- <= 0) break;
    const value = readable(() => plainValue((object as Record<string, unknown>)[key], budget, depth + 1));
    if (value === undefined) continue;
    // n.b. `__proto__` must stay a name
    Object.defineProperty(plain, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return plain;
}

function items(list: readonly unknown[], budget: Budget, depth: number): unknown[] {
  const plain: unknown[] = [];
  for (const item of list) {
    if (budget.left-- <= 0) break;
    plain.push(readable(() => plainValue(item, budget, depth + 1)) ?? null);
  }
  return plain;
}

/** In pino's words. */
function plainError(error: Error): object {
  const { name, message, stack, code } = toRemoteError(error);
  return { type: name, message, ...(stack !== undefined && { stack }), ...(code !== undefined && { code }) };
}

/** A value as Node shows it. */
function textOf(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof URL) return cut(value.href);
  if (typeof value === "bigint" || typeof value === "symbol") return cut(String(value));
  return cut(inspect(value, { depth: 2, breakLength: Infinity, maxArrayLength: 20, maxStringLength: 200 }));
}

/** Getters and proxies may throw. */
function readable<T>(read: () => T): T | string {
  try {
    return read();
  } catch {
    return "[unreadable]";
  }
}
