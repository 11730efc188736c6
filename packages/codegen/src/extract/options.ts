import { ts } from "#compiler";
import type { OptionLayer, Problem } from "../facts.js";
import type { ClientOptions } from "../model.js";
import { literalValue, propertyKey, unwrap } from "./expressions.js";
import { readKeyOptions } from "./key-options.js";
import { nodeSpan } from "./span.js";

/** The options that callers need, with the type of their literals. */
const CLIENT_OPTIONS = {
  name: "string",
  queue: "string",
  priority: "number",
  expires: "string",
  ignoreResult: "boolean",
  timeLimit: "string",
  softTimeLimit: "string",
} as const satisfies Record<keyof ClientOptions, "string" | "number" | "boolean">;

const WHY =
  "callers learn a task's queue, name, priority and limits from the generated client, which is written without running the task's file";

const isClientOption = (key: string): key is keyof ClientOptions => Object.hasOwn(CLIENT_OPTIONS, key);

/** Reads the literals of an options object; what cannot be read becomes a problem, never a guess. */
export function readOptions(file: ts.SourceFile, argument: ts.Expression): OptionLayer {
  const object = unwrap(argument);
  if (!ts.isObjectLiteralExpression(object)) {
    const message = "the options of a task must be written as an object literal in the call";
    return { values: {}, problems: [notLiteral(file, argument, message, "write { … } here")] };
  }
  const values: Record<string, string | number | boolean> = {};
  const problems: Problem[] = [];
  for (const property of object.properties) {
    const read = readProperty(file, property);
    if (read === undefined) continue;
    if ("problem" in read) problems.push(read.problem);
    else values[read.key] = read.value;
  }
  const keyed = readKeyOptions(file, object, problems);
  const versions = readVersions(object);
  const sensitive = propertyOf(object, "sensitive") !== undefined;
  const rest = { ...(versions.length > 0 && { versions }), ...(sensitive && { sensitive }) };
  return { values, problems, ...(keyed.length > 0 && { keyed }), ...rest };
}

/** The keys of the option `versions` that are written out; they decide nothing but how grave a change is. */
function readVersions(options: ts.ObjectLiteralExpression): string[] {
  const property = propertyOf(options, "versions");
  const object = property && ts.isPropertyAssignment(property) ? unwrap(property.initializer) : undefined;
  if (object === undefined || !ts.isObjectLiteralExpression(object)) return [];
  return object.properties.flatMap(({ name }) => (name === undefined ? [] : (propertyKey(name) ?? [])));
}

const propertyOf = (object: ts.ObjectLiteralExpression, key: string): ts.ObjectLiteralElementLike | undefined =>
  object.properties.find(({ name }) => name !== undefined && propertyKey(name) === key);

type ReadProperty = { readonly problem: Problem } | { readonly key: string; readonly value: string | number | boolean };

function readProperty(file: ts.SourceFile, property: ts.ObjectLiteralElementLike): ReadProperty | undefined {
  if (ts.isSpreadAssignment(property)) {
    const fix = "write the options out, or share them with task.with({ … })";
    return { problem: notLiteral(file, property, "options that are spread cannot be read", fix) };
  }
  const key = propertyKey(property.name);
  if (key === undefined) {
    return { problem: notLiteral(file, property.name, "a computed option cannot be read", "write the option's name") };
  }
  if (!isClientOption(key)) return undefined;
  const value = ts.isPropertyAssignment(property) ? literalValue(property.initializer) : undefined;
  if (typeof value === CLIENT_OPTIONS[key] && value !== undefined) return { key, value };
  const message = `the option "${key}" is not a ${CLIENT_OPTIONS[key]} literal`;
  return { problem: notLiteral(file, property, message, `write the ${CLIENT_OPTIONS[key]} itself here`) };
}

/** TG1010. */
export function notLiteral(file: ts.SourceFile, node: ts.Node, message: string, fix: string): Problem {
  return { code: "TG1010", severity: "error", message, why: WHY, fix, span: nodeSpan(file, node) };
}
