import { createHash } from "node:crypto";
import { argumentKey } from "../define/argument-key.js";
import { CodecError, ConfigError, PublishError } from "../errors.js";
import type { Codec } from "../wire/codec.js";
import type { Call } from "./call-message.js";

/** What a register is for: calls that are the same, by idempotency key, `dedupe` or `throttle`, or the latest of many; a part of a task. */
export type RegisterKind = "idempotent" | "dedupe" | "throttle" | "debounce" | "once";

/** Longer ones are hashed, so that any result backend takes them. */
const MAX_NAME = 400;

/** The register of one key of a task; for `once`, of one run of it. */
export function registerName(kind: RegisterKind, task: string, key: string): string {
  const name = `${kind}:${task}:${key}`;
  return name.length <= MAX_NAME ? name : `${kind}:#${digest(name)}`;
}

/**
 * The key of a call by a path into its arguments.
 * @throws ConfigError `OPTION_INVALID`
 */
export function keyOf({ target, args }: Call, path: string): string {
  if (/^\d+(?:\.|$)/.test(path)) return argumentKey(args, path);
  throw new ConfigError(
    "OPTION_INVALID",
    `the key ${path} of task ${target.name} does not begin with the index of an argument; the generator turns names into indexes: run \`npx taskgen\``,
  );
}

/**
 * The key of all arguments together: equal for equal values, whatever the order of properties.
 * @throws PublishError `NOT_SERIALIZABLE`
 */
export function keyOfAll({ id, target, args }: Call, codec: Pick<Codec, "encode">): string {
  try {
    const text = codec.encode(args, "argument");
    return digest(JSON.stringify(sorted(JSON.parse(text.replace(/^~/, "")))));
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    const reason = cause.message.replace(/^\[\w+\] /, "");
    const details = { cause, taskId: id, taskName: target.name };
    throw new PublishError("NOT_SERIALIZABLE", `call of ${target.name}: ${reason}`, details);
  }
}

/** @throws ConfigError `OPTION_INVALID` */
export function keyGiven(key: unknown): string {
  if (typeof key !== "string" || key === "")
    throw new ConfigError("OPTION_INVALID", "idempotencyKey must be a text that is not empty");
  return JSON.stringify(key);
}

const digest = (text: string): string => createHash("sha256").update(text).digest("base64url");

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, part]) => [name, sorted(part)]);
}
