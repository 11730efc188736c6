import { ts } from "#compiler";
import type { TypeModel } from "../../contract/type-model.js";
import { giveUp } from "./undecided.js";

const { SyntaxKind } = ts;

/** The model of a literal type. */
export function literalModel(literal: ts.LiteralTypeNode["literal"]): TypeModel {
  if (literal.kind === SyntaxKind.NullKeyword) return { kind: "null" };
  if (literal.kind === SyntaxKind.TrueKeyword) return { kind: "literal", value: true };
  if (literal.kind === SyntaxKind.FalseKeyword) return { kind: "literal", value: false };
  if (ts.isStringLiteral(literal)) return { kind: "literal", value: literal.text };
  const value = numberOf(literal);
  return value !== undefined && Number.isFinite(value) ? { kind: "literal", value } : giveUp();
}

function numberOf(literal: ts.Node): number | undefined {
  if (ts.isNumericLiteral(literal)) return Number(literal.text);
  const isNegative = ts.isPrefixUnaryExpression(literal) && literal.operator === SyntaxKind.MinusToken;
  const value = isNegative ? numberOf(literal.operand) : undefined;
  return value === undefined ? undefined : -value;
}

/** The type of a parameter by its default. */
export function widenedModel(value: ts.Expression): TypeModel {
  if (ts.isStringLiteral(value)) return { kind: "string" };
  if (numberOf(value) !== undefined) return { kind: "number" };
  const isBoolean = value.kind === SyntaxKind.TrueKeyword || value.kind === SyntaxKind.FalseKeyword;
  return isBoolean ? { kind: "boolean" } : giveUp();
}
