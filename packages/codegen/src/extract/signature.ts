import { ts } from "#compiler";
import type { ParameterFact, Problem } from "../facts.js";
import { unwrap } from "./expressions.js";
import { readParameters } from "./parameters.js";
import { generatorOf, type FunctionShape, type Scope } from "./scope.js";
import { nodeSpan } from "./span.js";

/** What is wrong with the function of a task, as far as syntax shows it. */
export function signatureProblems(scope: Scope, label: string, argument: ts.Expression | undefined): Problem[] {
  if (argument === undefined) return [];
  const shape = shapeOf(scope, unwrap(argument));
  const span = nodeSpan(scope.file, argument);
  return [
    ...(shape?.overloaded ? [overloaded(label, span)] : []),
    ...(shape?.generic ? [generic(label, span)] : []),
    ...(shape?.generator === "sync" ? [syncGenerator(label, span)] : []),
  ];
}

/** Whether the function of a task is an async generator, as far as syntax shows it. */
export const isStream = (scope: Scope, argument: ts.Expression | undefined): boolean =>
  argument !== undefined && shapeOf(scope, unwrap(argument))?.generator === "async";

function shapeOf(scope: Scope, fn: ts.Expression): FunctionShape | undefined {
  if (ts.isIdentifier(fn)) return scope.functions.get(fn.text);
  if (!ts.isArrowFunction(fn) && !ts.isFunctionExpression(fn)) return undefined;
  const parameters = readParameters(fn.parameters);
  const generator = ts.isFunctionExpression(fn) ? generatorOf(fn) : undefined;
  return { overloaded: false, generic: fn.typeParameters !== undefined, parameters, generator };
}

/** The parameters of a task's function, where it is written in the same file. */
export const parametersOf = (scope: Scope, fn: ts.Expression | undefined): readonly ParameterFact[] | undefined =>
  fn && shapeOf(scope, unwrap(fn))?.parameters;

const overloaded = (label: string, span: Problem["span"]): Problem => ({
  code: "TG1004",
  severity: "error",
  message: `the function of task "${label}" is overloaded`,
  why: "TypeScript lets only the last overload through, so that callers would silently lose the others",
  fix: "give the task a function with one signature, for example with a union parameter",
  span,
});

const generic = (label: string, span: Problem["span"]): Problem => ({
  code: "TG1005",
  severity: "error",
  message: `the function of task "${label}" has type parameters`,
  why: "a call through a queue cannot carry a type argument, so that callers would silently see the constraints instead",
  fix: "write the concrete types, one task for each",
  span,
});

const syncGenerator = (label: string, span: Problem["span"]): Problem => ({
  code: "TG1007",
  severity: "error",
  message: `the function of task "${label}" is a generator that is not async`,
  why: "callers read what a task yields over a queue, where each item is waited for; a plain generator would be a result that cannot travel",
  fix: "write async function*",
  span,
});
