import { ts } from "#compiler";
import type { Parameter } from "./signature.js";

/** What a call of a batch task gives: one item of the list that its function takes. */
export function itemOf(checker: ts.TypeChecker, parameters: readonly Parameter[]): readonly Parameter[] {
  const [list] = parameters;
  const type = list && elementOf(checker, list.type);
  if (list === undefined || type === undefined) return parameters;
  return [{ name: "item", type, optional: false, rest: false, hasDefault: false, node: list.node }];
}

/** What a call of a batch task comes to: the items of the list that its function gives, but for errors. */
export function batchResult(checker: ts.TypeChecker, list: ts.Type): readonly ts.Type[] {
  const element = elementOf(checker, list);
  if (element === undefined) return [list];
  const parts = element.isUnion() ? element.types : [element];
  const values = parts.filter((part) => !isError(checker, part));
  return values.length === parts.length ? [element] : values;
}

function elementOf(checker: ts.TypeChecker, type: ts.Type): ts.Type | undefined {
  if (checker.isTupleType(type)) return checker.getIndexTypeOfType(type, ts.IndexKind.Number);
  return checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference)[0] : undefined;
}

/** As the types of stubs tell: data with a name and a message is none. */
const isError = (checker: ts.TypeChecker, type: ts.Type): boolean =>
  ["name", "message", "stack"].every((name) => checker.getPropertyOfType(type, name) !== undefined);
