import { ts } from "#compiler";
import type { OptionLayer, TaskFact } from "../facts.js";
import { findOutsideFunctions, unwrap } from "./expressions.js";
import { notLiteral, readOptions } from "./options.js";
import { factoryOf, type Scope } from "./scope.js";
import { parametersOf, signatureProblems, isStream } from "./signature.js";
import { nodeSpan } from "./span.js";

/** What the call of a task says by itself. */
export type TaskCallFact = Omit<TaskFact, "exportName" | "doc">;

/**
 * Reads a call of something that may make tasks; `undefined` for anything else.
 * @param name the node that stands for the task in diagnostics.
 */
export function readTaskCall(scope: Scope, expression: ts.Expression, name: ts.Node): TaskCallFact | undefined {
  const call = unwrap(expression);
  const factory = ts.isCallExpression(call) ? factoryOf(scope, call.expression) : undefined;
  if (!ts.isCallExpression(call) || factory === undefined) return undefined;
  const label = ts.isIdentifier(name) ? name.text : "default";
  const own = ownOptions(scope, call);
  const problems = signatureProblems(scope, label, call.arguments.at(-1));
  const parameters = parametersOf(scope, call.arguments.at(-1));
  const layers = own === undefined ? factory.layers : [...factory.layers, own];
  return {
    label,
    span: nodeSpan(scope.file, name),
    factory: { base: factory.base, layers },
    problems,
    ...(parameters && { parameters }),
    ...(isStream(scope, call.arguments.at(-1)) && { streams: true as const }),
  };
}

function ownOptions({ file }: Scope, call: ts.CallExpression): OptionLayer | undefined {
  const spread = call.arguments.find(ts.isSpreadElement);
  if (spread !== undefined) {
    const problem = notLiteral(
      file,
      spread,
      "arguments that are spread cannot be read",
      "write task(options, function)",
    );
    return { values: {}, problems: [problem] };
  }
  const [options, fn] = call.arguments;
  return options === undefined || fn === undefined ? undefined : readOptions(file, options);
}

/** The first call in an expression that certainly makes a task. */
export const findTaskCall = (scope: Scope, expression: ts.Expression): ts.CallExpression | undefined =>
  findOutsideFunctions(expression, (node): node is ts.CallExpression => isCoreTask(scope, node));

const isCoreTask = (scope: Scope, node: ts.Node): boolean =>
  ts.isCallExpression(node) &&
  factoryOf(scope, node) === undefined &&
  factoryOf(scope, node.expression)?.base === "core";
