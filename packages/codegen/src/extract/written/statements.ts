import { ts } from "#compiler";
import { unwrap } from "../expressions.js";

const { SyntaxKind } = ts;

/** Statements that declare something and do nothing else. */
const DECLARING: ReadonlySet<ts.SyntaxKind> = new Set([
  SyntaxKind.ImportDeclaration,
  SyntaxKind.ExportDeclaration,
  SyntaxKind.InterfaceDeclaration,
  SyntaxKind.TypeAliasDeclaration,
  SyntaxKind.FunctionDeclaration,
]);

/** Statements that declare something by expressions. */
const EVALUATING: ReadonlySet<ts.SyntaxKind> = new Set([
  SyntaxKind.ClassDeclaration,
  SyntaxKind.EnumDeclaration,
  SyntaxKind.ExportAssignment,
  SyntaxKind.VariableStatement,
]);

/** Whether a statement leaves the types of all others alone, those apart that mention what it declares. */
export function isQuiet(statement: ts.Statement): boolean {
  if (DECLARING.has(statement.kind)) return true;
  if (!EVALUATING.has(statement.kind) || hasEffect(statement)) return false;
  if (ts.isExportAssignment(statement)) return statement.isExportEquals !== true;
  return !ts.isVariableStatement(statement) || isPlainConstant(statement);
}

function isPlainConstant({ declarationList: { flags, declarations } }: ts.VariableStatement): boolean {
  const isConst = (flags & ts.NodeFlags.Const) !== 0 && (flags & ts.NodeFlags.Using) === 0;
  return isConst && declarations.every((variable) => ts.isIdentifier(variable.name) && !isGrowing(variable));
}

/** A list without a type gets one from what is put into it later. */
const isGrowing = ({ type, initializer }: ts.VariableDeclaration): boolean =>
  type === undefined && (initializer === undefined || isEmptyList(unwrap(initializer)));

const isEmptyList = (value: ts.Expression): boolean =>
  ts.isArrayLiteralExpression(value) && value.elements.length === 0;

/** Whether an expression outside of functions narrows what statements after it see. */
const hasEffect = (node: ts.Node): boolean =>
  isEffect(node) ||
  (!ts.isFunctionLike(node) && ts.forEachChild(node, (child) => hasEffect(child) || undefined) === true);

function isEffect(node: ts.Node): boolean {
  if (ts.isBinaryExpression(node)) return isAssignment(node.operatorToken.kind);
  if (ts.isPrefixUnaryExpression(node)) return isStep(node.operator);
  if (ts.isCallExpression(node)) return ts.isFunctionLike(unwrap(node.expression));
  return ts.isPostfixUnaryExpression(node) || ts.isDeleteExpression(node) || ts.isClassStaticBlockDeclaration(node);
}

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind >= SyntaxKind.FirstAssignment && kind <= SyntaxKind.LastAssignment;

const isStep = (operator: ts.PrefixUnaryOperator): boolean =>
  operator === SyntaxKind.PlusPlusToken || operator === SyntaxKind.MinusMinusToken;

/** The names that a statement declares at the top level of its file, imports left out. */
export function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? name.text : []));
  }
  const isNamed =
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}
