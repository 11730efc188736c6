import { ts } from "#compiler";
import type { KeyedFact, Problem } from "../facts.js";
import type { KeyOption, Span } from "../model.js";
import { literalValue, propertyKey, unwrap } from "./expressions.js";
import { nodeSpan } from "./span.js";

/** The options with a key, and what each of their own options is. */
const KEY_OPTIONS = {
  limit: { key: "string", concurrency: "number", rate: "string" },
  dedupe: { key: "string", ttl: "string", mode: "string" },
  debounce: { key: "string", wait: "string", maxWait: "string" },
  throttle: { key: "string", every: "string" },
} as const satisfies Record<KeyOption, Readonly<Record<string, "string" | "number">>>;

const isKeyOption = (name: string | undefined): name is KeyOption =>
  name !== undefined && Object.hasOwn(KEY_OPTIONS, name);

/** Those of an options object as they are written; what of them cannot be read is added to `problems`. */
export function readKeyOptions(
  file: ts.SourceFile,
  options: ts.ObjectLiteralExpression,
  problems: Problem[],
): KeyedFact[] {
  return options.properties.flatMap((property) => {
    const option = nameOf(property);
    if (!isKeyOption(option)) return [];
    const object = ts.isPropertyAssignment(property) ? unwrap(property.initializer) : undefined;
    if (object !== undefined && ts.isObjectLiteralExpression(object)) return readParts(file, option, object, problems);
    problems.push(notLiteral(file, property, `the option "${option}" is not an object literal`));
    return [];
  });
}

function readParts(
  file: ts.SourceFile,
  option: KeyOption,
  object: ts.ObjectLiteralExpression,
  problems: Problem[],
): KeyedFact {
  const values: Record<string, string | number> = {};
  let key: KeyedFact["key"];
  for (const part of object.properties) {
    const name = nameOf(part) ?? "";
    const value = ts.isPropertyAssignment(part) ? literalValue(part.initializer) : undefined;
    const type = (KEY_OPTIONS[option] as Readonly<Record<string, string>>)[name];
    if (type === undefined || typeof value !== type)
      problems.push(notLiteral(file, part, `this part of the option "${option}" is not a ${type ?? "known"} literal`));
    else if (name === "key") key = { path: value as string, span: keySpan(file, part) };
    else values[name] = value as string | number;
  }
  return { option, values, ...(key && { key }) };
}

const nameOf = ({ name }: ts.ObjectLiteralElementLike): string | undefined => name && propertyKey(name);

const keySpan = (file: ts.SourceFile, part: ts.ObjectLiteralElementLike): Span =>
  nodeSpan(file, ts.isPropertyAssignment(part) ? part.initializer : part);

const WHY =
  "callers and workers learn a task's keys from generated code, which is written without running the task's file";

const notLiteral = (file: ts.SourceFile, node: ts.Node, message: string): Problem => ({
  code: "TG1010",
  severity: "error",
  message,
  why: WHY,
  fix: "write the literals here, or share them with task.with({ … })",
  span: nodeSpan(file, node),
});
