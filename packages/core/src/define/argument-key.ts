import { createHash } from "node:crypto";
import { ConfigError } from "../errors.js";
import { MAX_KEY, plainKey, valueAt } from "./plain-key.js";

/**
 * The value of a key that an option names, as a path into the arguments: the index of one, then names of properties. As a text
 * that tells values of different types apart; `undefined` and `null` have keys too.
 *
 * @example
 * `argumentKey([{ user: { id: 7 } }], "0.user.id")` is `"7"`, of `"7"` instead of `7` it is `"\"7\""`.
 * @throws ConfigError `OPTION_INVALID` for objects and functions
 */
export function argumentKey(args: readonly unknown[], path: string): string {
  const value = valueAt(args, path);
  return plainKey(value) ?? toKey(value, path);
}

function toKey(value: unknown, path: string): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "object" && value !== null && !(value instanceof Date)) throw notKey(path, "an object");
  if (typeof value === "function" || typeof value === "symbol") throw notKey(path, `a ${typeof value}`);
  const text = JSON.stringify(value) ?? "undefined";
  return text.length <= MAX_KEY ? text : `#${createHash("sha256").update(text).digest("base64url")}`;
}

const notKey = (path: string, what: string): ConfigError =>
  new ConfigError(
    "OPTION_INVALID",
    `the key ${path} is ${what}; name a text, a number, a truth value or a date within it`,
  );
