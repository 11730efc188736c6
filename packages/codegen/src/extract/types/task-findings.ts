import { ts } from "#compiler";
import type { Words } from "./findings.js";

/** TG1004, for functions that are not declared beside their task: those beside it are found without a checker. */
export const overloadedTask = (fn: ts.Expression): Words => ({
  code: "TG1004",
  message: `the function ${fn.getText()} of this task is overloaded`,
  why: "TypeScript lets only the last overload through, so that callers would silently lose the others",
  fix: "give the task a function with one signature, for example with a union parameter",
});

/** TG1005, likewise. */
export const genericTask = (fn: ts.Expression): Words => ({
  code: "TG1005",
  message: `the function ${ts.isIdentifier(fn) ? fn.text : ""} of this task has type parameters`.replace("  ", " "),
  why: "a call through a queue cannot carry a type argument, so that callers would silently see the constraints instead",
  fix: "write the concrete types, one task for each",
});

/** TG1004: a rest parameter whose type is a union of tuples. */
export const unclearParameters = (): Words => ({
  code: "TG1004",
  message: "this rest parameter is a choice between several lists",
  why: "that is an overload by another name: there is no one list of parameters to describe or to check",
  fix: "write the parameters out, with a union where their types differ",
});

/** TG2010. */
export const misfitSchema = (task: string, misfit: string): Words => ({
  code: "TG2010",
  message: `args of task "${task}" ${misfit}`,
  why: "what comes out of the schema is what the function is called with",
  fix: "change the schema or the parameters",
});

/** TG1010. */
export const withoutCode = (name: string): Words => ({
  code: "TG1010",
  message: `the code of ${name} is not a literal`,
  why: "callers tell declared errors apart by their code; this one is left out of the contract",
  fix: 'give the class a code of its own: readonly code = "…"',
});

/** TG1010. */
export const sameCode = (name: string, other: string): Words => ({
  code: "TG1010",
  message: `the code of ${name} is that of ${other} too`,
  why: "callers tell declared errors apart by their code; the contract has the data of the last one alone",
  fix: 'give each class a code of its own: readonly code = "…"',
});

/** "implicitly has type any because it is referenced in its own initializer", and its like. */
const CIRCULAR = [7022, 7023, 7024];

/** Whether the compiler says that the result of a task depends on itself. */
export function isCircular(program: ts.Program, call: ts.CallExpression): boolean {
  const { pos, end } = ts.findAncestor(call, ts.isStatement) ?? call;
  return program
    .getSemanticDiagnostics(call.getSourceFile())
    .some(({ code, start = -1 }) => CIRCULAR.includes(code) && start >= pos && start < end);
}

/** TG1006. */
export const circularResult = (task: string): Words => ({
  code: "TG1006",
  message: `the type of the result of task "${task}" depends on itself`,
  why: "it returns what a call through the generated client returns, whose type comes from this task again",
  fix: "write the return type of the task",
});
