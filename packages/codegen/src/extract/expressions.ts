import { ts } from "#compiler";

/** The expression inside of parentheses, `as`, `satisfies` and `!`. */
export function unwrap(expression: ts.Expression): ts.Expression {
  let inner = expression;
  while (
    ts.isParenthesizedExpression(inner) ||
    ts.isAsExpression(inner) ||
    ts.isSatisfiesExpression(inner) ||
    ts.isNonNullExpression(inner)
  ) {
    inner = inner.expression;
  }
  return inner;
}

/** The value of a string, number or boolean literal; `undefined` for anything else. */
export function literalValue(expression: ts.Expression): string | number | boolean | undefined {
  const value = unwrap(expression);
  if (ts.isStringLiteralLike(value)) return value.text;
  if (ts.isNumericLiteral(value)) return Number(value.text);
  if (value.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (value.kind === ts.SyntaxKind.FalseKeyword) return false;
  return undefined;
}

/** The name of a property, where it is written out. */
export function propertyKey(name: ts.PropertyName): string | undefined {
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) return name.text;
  return ts.isComputedPropertyName(name) ? stringLiteral(name.expression) : undefined;
}

function stringLiteral(expression: ts.Expression): string | undefined {
  const value = literalValue(expression);
  return typeof value === "string" ? value : undefined;
}

/** The first node under `root`, itself included, that passes; the bodies of functions and classes are left out. */
export function findOutsideFunctions<T extends ts.Node>(
  root: ts.Node,
  test: (node: ts.Node) => node is T,
): T | undefined {
  if (test(root)) return root;
  if (ts.isFunctionLike(root) || ts.isClassLike(root)) return undefined;
  return ts.forEachChild(root, (child) => findOutsideFunctions(child, test));
}
