import { ts } from "#compiler";

/** The names that declarations refer to, by the leftmost part of each, and modules in quotes. */
export function mentionsIn(node: ts.Node): string[] {
  const found = new Set<string>();
  const visit = (inner: ts.Node): void => {
    const name = referenceIn(inner);
    if (name !== undefined) found.add(leftmost(name));
    const module = moduleIn(inner);
    if (module !== undefined && ts.isStringLiteral(module)) found.add(JSON.stringify(module.text));
    ts.forEachChild(inner, visit);
  };
  visit(node);
  found.delete("");
  return [...found];
}

type Name = ts.EntityName | ts.Expression;

function referenceIn(node: ts.Node): Name | undefined {
  if (ts.isTypeReferenceNode(node)) return node.typeName;
  if (ts.isExpressionWithTypeArguments(node) || ts.isComputedPropertyName(node)) return node.expression;
  return ts.isTypeQueryNode(node) && !ts.isImportTypeNode(node.exprName) ? node.exprName : undefined;
}

function moduleIn(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  return ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
}

function leftmost(name: Name): string {
  if (ts.isQualifiedName(name)) return leftmost(name.left);
  if (ts.isPropertyAccessExpression(name)) return leftmost(name.expression);
  return ts.isIdentifier(name) ? name.text : "";
}
