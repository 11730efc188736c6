import type { ArgumentsSchema, StandardIssue, StandardResult, StandardSchemaV1 } from "@taskgen/core";
import type { Issue } from "@taskgen/core/internal";

/** Arguments do not fit; the message says where and why. */
export class Misfit extends Error {}

/**
 * Gives the arguments that fit, which may be others.
 * @throws Misfit and, where code of others is called, anything
 */
export type Conform = (args: readonly unknown[]) => readonly unknown[] | Promise<readonly unknown[]>;

/** What does not fit, in one line. */
export type Describe = (issues: readonly Issue[]) => string;

/** What of a task's `args` runs before it. */
export const schemaCheck = (schema: ArgumentsSchema, describe: Describe): Conform =>
  isList(schema)
    ? listCheck(schema, describe)
    : (args) => settle(validate(schema, args), (result) => fittingList(result, describe));

/** One schema for each parameter; what callers gave beyond them is dropped, as a function does with it. */
function listCheck(schemas: readonly StandardSchemaV1[], describe: Describe): Conform {
  return (args) => {
    const results = schemas.map((schema, i) => validate(schema, args[i]));
    return results.some(isThenable)
      ? Promise.all(results.map(async (result) => result)).then((all) => fittingItems(all, describe))
      : fittingItems(results as readonly StandardResult<unknown>[], describe);
  };
}

/** n.b. never throws: a promise of another schema that rejects must not be left alone. */
function validate(
  schema: StandardSchemaV1,
  value: unknown,
): StandardResult<unknown> | Promise<StandardResult<unknown>> {
  try {
    return schema["~standard"].validate(value);
  } catch (error) {
    return Promise.reject(error);
  }
}

function settle<T>(
  result: StandardResult<unknown> | Promise<StandardResult<unknown>>,
  then: (result: StandardResult<unknown>) => T,
): T | Promise<T> {
  return isThenable(result) ? Promise.resolve(result).then(then) : then(result);
}

function fittingList(result: StandardResult<unknown>, describe: Describe): readonly unknown[] {
  if (result.issues) throw new Misfit(describe(result.issues.map((issue) => toIssue(issue))));
  if (Array.isArray(result.value)) return result.value as readonly unknown[];
  throw new Misfit("their schema gave no list");
}

function fittingItems(results: readonly StandardResult<unknown>[], describe: Describe): readonly unknown[] {
  const issues = results.flatMap((result, i) => (result.issues ?? []).map((issue) => toIssue(issue, [i])));
  if (issues.length > 0) throw new Misfit(describe(issues));
  return results.map((result) => (result as { readonly value: unknown }).value);
}

function toIssue({ message, path = [] }: StandardIssue, before: readonly number[] = []): Issue {
  const keys = path.map((segment) => (typeof segment === "object" ? segment.key : segment));
  const steps = [...before, ...keys.map((key) => (typeof key === "symbol" ? String(key) : key))];
  const [first, ...rest] = steps;
  // some libraries name the elements of a list by texts
  return { message, path: /^\d+$/.test(String(first)) ? [Number(first), ...rest] : steps };
}

const isThenable = (value: unknown): value is Promise<StandardResult<unknown>> =>
  typeof (value as { readonly then?: unknown } | undefined)?.then === "function";

// n.b. Array.isArray does not know readonly lists
const isList = (schema: ArgumentsSchema): schema is readonly StandardSchemaV1[] => Array.isArray(schema);
