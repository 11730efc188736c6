import { ts } from "#compiler";
import { CORE } from "../../facts.js";
import type { DeclaredTask } from "./declared-task.js";

/** The options that belong to a contract, or decide what of the function does. */
type ContractOption = "throws" | "args" | "batch";

/** The type of an option: those of the items of a list that is written out, or of a tuple; or one type of the whole. */
export type OptionType = { readonly items: readonly ts.Type[] } | { readonly whole: ts.Type };

/** The type of an option of a task; `undefined` where it has none. Its own options win over those that it shares. */
export function optionType(
  checker: ts.TypeChecker,
  task: DeclaredTask,
  option: ContractOption,
): OptionType | undefined {
  const own = optionNode(task, option);
  if (own !== undefined && ts.isPropertyAssignment(own)) return writtenType(checker, own.initializer);
  const isElsewhere = own !== undefined || !isLiteral(task.options) || !isCoreTask(checker, task.call.expression);
  return isElsewhere ? definedType(checker, task, option) : undefined;
}

/** What is written in place does not depend on whether the call as a whole is right. */
function writtenType(checker: ts.TypeChecker, value: ts.Expression): OptionType {
  const isPlain = ts.isArrayLiteralExpression(value) && !value.elements.some(ts.isSpreadElement);
  return isPlain
    ? { items: value.elements.map((element) => checker.getTypeAtLocation(element)) }
    : typeOf(checker, checker.getTypeAtLocation(value));
}

const typeOf = (checker: ts.TypeChecker, type: ts.Type): OptionType =>
  checker.isTupleType(type) ? { items: checker.getTypeArguments(type as ts.TypeReference) } : { whole: type };

/** The type of the task's definition has all its options. To resolve the call for it costs more than all else. */
function definedType(checker: ts.TypeChecker, { call }: DeclaredTask, option: ContractOption): OptionType | undefined {
  const definition = checker
    .getTypeAtLocation(call)
    .getProperties()
    .find(({ escapedName }) => (escapedName as string).startsWith("__@taskDefinition"));
  const options = definition && memberType(checker, checker.getTypeOfSymbol(definition), "options");
  const type = options && memberType(checker, options, option);
  return type && typeOf(checker, type);
}

/** The type of a member, without `undefined`. */
export function memberType(checker: ts.TypeChecker, type: ts.Type, name: string): ts.Type | undefined {
  const member = checker.getPropertyOfType(type, name);
  return member && checker.getNonNullableType(checker.getTypeOfSymbol(member));
}

/** Options that can be read where they stand, as far as their names go. */
const isLiteral = (options: ts.Expression | undefined): boolean =>
  options === undefined || (ts.isObjectLiteralExpression(options) && !options.properties.some(ts.isSpreadAssignment));

/** `task` of `import { task } from "@taskgen/core"`: any other callee may have brought options along. */
function isCoreTask(checker: ts.TypeChecker, callee: ts.Expression): boolean {
  const [imported] = (ts.isIdentifier(callee) && checker.getSymbolAtLocation(callee)?.declarations) || [];
  if (imported === undefined || !ts.isImportSpecifier(imported)) return false;
  const { moduleSpecifier } = imported.parent.parent.parent;
  const isCore = ts.isStringLiteral(moduleSpecifier) && moduleSpecifier.text === CORE;
  return isCore && (imported.propertyName ?? imported.name).text === "task";
}

/** The node of an option in the call. */
export function optionNode({ options }: DeclaredTask, option: ContractOption): ts.Node | undefined {
  if (options === undefined || !ts.isObjectLiteralExpression(options)) return undefined;
  const isNamed = (name: ts.PropertyName): boolean =>
    (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) && name.text === option;
  return options.properties.find(({ name }) => name !== undefined && isNamed(name));
}
