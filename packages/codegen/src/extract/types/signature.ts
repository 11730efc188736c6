import { ts } from "#compiler";
import { tupleParts, type ListPart } from "./lists.js";

/** A parameter of a task's function. */
export interface Parameter extends ListPart {
  readonly name: string;
  readonly node: ts.ParameterDeclaration;
}

/** The function of a task, as far as types go. */
export interface TaskSignature {
  readonly signature: ts.Signature;
  readonly isOverloaded: boolean;
  readonly parameters: readonly Parameter[];
  /** The first parameter whose type is a choice between several lists, or not decided. */
  readonly unclear: ts.ParameterDeclaration | undefined;
  /** The result's type, as written. */
  readonly resultNode: ts.TypeNode | undefined;
}

/** Reads the types that are written at a function in place; those of any other expression are asked of the checker. */
export function readSignature(checker: ts.TypeChecker, fn: ts.Expression): TaskSignature | undefined {
  const inPlace = ts.isArrowFunction(fn) || ts.isFunctionExpression(fn);
  const own = inPlace ? checker.getSignatureFromDeclaration(fn) : undefined;
  const signatures = own === undefined ? checker.getTypeAtLocation(fn).getCallSignatures() : [own];
  const signature = signatures.at(-1);
  if (signature === undefined) return undefined;
  const read = signature.parameters.map((symbol, i) => parametersOf(checker, symbol, i));
  return {
    signature,
    isOverloaded: signatures.length > 1,
    parameters: read.flatMap((parameters) => (Array.isArray(parameters) ? parameters : [])),
    unclear: read.find((parameters) => !Array.isArray(parameters)) as ts.ParameterDeclaration | undefined,
    resultNode: signature.declaration?.type as ts.TypeNode | undefined,
  };
}

/** One parameter, or those that a rest parameter stands for; its declaration where that cannot be told. */
function parametersOf(
  checker: ts.TypeChecker,
  symbol: ts.Symbol,
  index: number,
): readonly Parameter[] | ts.ParameterDeclaration {
  const node = symbol.valueDeclaration as ts.ParameterDeclaration;
  const type = checker.getTypeOfSymbol(symbol);
  const name = ts.isIdentifier(node.name) ? node.name.text : `arg${index}`;
  if (node.dotDotDotToken === undefined) {
    const optional = checker.isOptionalParameter(node);
    return [{ name, type, optional, rest: false, hasDefault: !optional && node.initializer !== undefined, node }];
  }
  if (checker.isTupleType(type)) {
    const parts = tupleParts(checker, type as ts.TypeReference);
    return parts.map((part, i) => ({ ...part, name: part.name ?? `${name}_${i}`, node }));
  }
  if (!checker.isArrayType(type)) return node;
  const [element] = checker.getTypeArguments(type as ts.TypeReference) as [ts.Type];
  return [{ name, type: element, optional: false, rest: true, node }];
}
