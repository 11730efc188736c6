import { ConfigError } from "@taskgen/core";
import type { Issue } from "@taskgen/core/internal";

/** Shown in place of what is sensitive. */
export const REDACTED = "[redacted]";

/** Steps into a value; `*` is every item, entry or property. */
export type SensitivePath = readonly string[];

/** What of a task must not be shown. */
export interface Sensitive {
  /** The first step is the index of the argument. */
  readonly args: readonly SensitivePath[];
  readonly result: readonly SensitivePath[];
}

/**
 * Reads the option `sensitive` of a task.
 * @throws ConfigError `OPTION_INVALID`
 */
export function readSensitive(task: string, paths: unknown): Sensitive | undefined {
  if (paths === undefined) return undefined;
  if (!Array.isArray(paths)) throw invalid(task, paths);
  const split = paths.map((path: unknown) => {
    if (typeof path !== "string" || !SYNTAX.test(path)) throw invalid(task, path);
    return path.split(".");
  });
  const ofResult = ([first]: SensitivePath): boolean => first === "result";
  return {
    args: split.filter((path) => !ofResult(path)),
    result: split.filter(ofResult).map(([, ...path]) => path),
  };
}

/** An index or `result`, then names, indexes and stars. */
const SYNTAX = /^(?:0|[1-9]\d{0,4}|result)(?:\.[^.]+)*$/;

const invalid = (task: string, path: unknown): ConfigError =>
  new ConfigError(
    "OPTION_INVALID",
    `task ${task}: sensitive has ${JSON.stringify(path)}; each is a path such as "0.token", "1.cards.*.number" or "result.iban"`,
  );

/**
 * The value without what is sensitive; the value itself is not changed. Where a path leads into something of another shape
 * than it expects, all of that is taken for sensitive.
 */
export const redact = (value: unknown, paths: readonly SensitivePath[]): unknown =>
  paths.reduce((shown, path) => redactPath(shown, path), value);

function redactPath(value: unknown, [step, ...rest]: SensitivePath): unknown {
  if (value === undefined || value === null) return value;
  if (step === undefined) return REDACTED;
  if (Array.isArray(value)) return redactItems(value, step, rest);
  if (value instanceof Map) return redactMap(value, step, rest);
  if (value instanceof Set)
    return step === "*" ? new Set(Array.from(value, (item) => redactPath(item, rest))) : REDACTED;
  return isPlain(value) ? redactProperties(value, step, rest) : REDACTED;
}

function redactItems(list: readonly unknown[], step: string, rest: SensitivePath): unknown {
  if (step === "*") return list.map((item) => redactPath(item, rest));
  return /^\d+$/.test(step) ? list.map((item, i) => (i === Number(step) ? redactPath(item, rest) : item)) : REDACTED;
}

const redactMap = (map: ReadonlyMap<unknown, unknown>, step: string, rest: SensitivePath): unknown =>
  new Map(Array.from(map, ([key, item]) => [key, step === "*" || step === key ? redactPath(item, rest) : item]));

const redactProperties = (object: object, step: string, rest: SensitivePath): unknown =>
  Object.fromEntries(
    Object.entries(object).map(([key, item]) => [key, step === "*" || step === key ? redactPath(item, rest) : item]),
  );

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Issues without the words of those that are about something sensitive, or about what holds it. */
export const redactIssues = (issues: readonly Issue[], paths: readonly SensitivePath[]): readonly Issue[] =>
  paths.length === 0
    ? issues
    : issues.map((issue) => (isTouched(issue.path, paths) ? { ...issue, message: `does not fit ${REDACTED}` } : issue));

/** n.b. what is said of the list as a whole is its length. */
const isTouched = (at: Issue["path"], paths: readonly SensitivePath[]): boolean =>
  at.length > 0 &&
  paths.some((path) => {
    const common = Math.min(path.length, at.length);
    return path.slice(0, common).every((step, i) => step === "*" || step === String(at[i]));
  });
