import { ts } from "#compiler";
import { unionOf, type TypeModel } from "../../contract/type-model.js";

const { TypeFlags } = ts;

/** The model of a type without parts other than literals; `undefined` for any other. A brand on it is not looked at here. */
export function primitiveModel(checker: ts.TypeChecker, type: ts.Type): TypeModel | undefined {
  const { flags } = type;
  if (flags & TypeFlags.TemplateLiteral) return templateModel(checker, type as ts.TemplateLiteralType);
  return literalModel(checker, type) ?? simpleModel(flags);
}

function literalModel(checker: ts.TypeChecker, type: ts.Type): TypeModel | undefined {
  if (type.isStringLiteral()) return { kind: "literal", value: type.value };
  if (type.isNumberLiteral()) return numberModel(type.value);
  if (type.flags & TypeFlags.BigIntLiteral) return bigintModel((type as ts.BigIntLiteralType).value);
  if (type.flags & TypeFlags.BooleanLiteral) return { kind: "literal", value: checker.typeToString(type) === "true" };
  return undefined;
}

/** JSON has no words for what a literal such as `1e999` stands for. */
const numberModel = (value: number): TypeModel =>
  Number.isFinite(value) ? { kind: "literal", value } : { kind: "number" };

const bigintModel = ({ negative, base10Value }: ts.PseudoBigInt): TypeModel => ({
  kind: "bigint-literal",
  value: `${negative ? "-" : ""}${base10Value}`,
});

const SIMPLE: readonly (readonly [flags: ts.TypeFlags, model: TypeModel])[] = [
  [TypeFlags.Never, { kind: "never" }],
  // `Uppercase<string>` and its like
  [TypeFlags.String | TypeFlags.StringMapping, { kind: "string" }],
  [TypeFlags.Boolean, { kind: "boolean" }],
  [TypeFlags.BigInt, { kind: "bigint" }],
  [TypeFlags.Undefined | TypeFlags.Void, { kind: "undefined" }],
  [TypeFlags.Null, { kind: "null" }],
];

/** n.b. an enum of computed members alone is no union: of its values only the type is known. */
function simpleModel(flags: ts.TypeFlags): TypeModel | undefined {
  const isNumber = flags & (TypeFlags.Number | TypeFlags.Enum) && !(flags & TypeFlags.Union);
  return isNumber ? { kind: "number" } : SIMPLE.find(([mask]) => flags & mask)?.[1];
}

function templateModel(checker: ts.TypeChecker, { texts, types }: ts.TemplateLiteralType): TypeModel {
  const parts = types.map((type) => unionOf(partsOf(checker, type)));
  return { kind: "template", texts: [...texts], types: parts };
}

/** A part that is not decided can be any string. */
const partsOf = (checker: ts.TypeChecker, type: ts.Type): TypeModel[] =>
  type.isUnion() && !(type.flags & TypeFlags.Boolean)
    ? type.types.flatMap((member) => partsOf(checker, member))
    : [primitiveModel(checker, type) ?? { kind: "string" }];

const PRIMITIVE =
  TypeFlags.StringLike | TypeFlags.NumberLike | TypeFlags.BigIntLike | TypeFlags.BooleanLike | TypeFlags.Undefined;

/** Whether a constituent of an intersection makes it a branded primitive. */
export const isPrimitive = ({ flags }: ts.Type): boolean => (flags & (PRIMITIVE | TypeFlags.Null)) !== 0;
