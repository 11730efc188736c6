import { ts } from "#compiler";
import type { TupleElement, TypeModel } from "../../contract/type-model.js";
import { stepInto, type TypePlace } from "./type-path.js";
import type { TypeReader } from "./type-reader.js";

const { ElementFlags } = ts;

/** `T[]`, `readonly T[]`, `Array<T>`. */
export function readArray(reader: TypeReader, type: ts.TypeReference, place: TypePlace): TypeModel {
  const [element] = reader.checker.getTypeArguments(type) as [ts.Type];
  return { kind: "array", element: reader.read(element, stepInto(place, "[]")) };
}

export function readTuple(reader: TypeReader, type: ts.TypeReference, place: TypePlace): TypeModel {
  const elements = tupleParts(reader.checker, type).map((part, i): TupleElement => {
    const at = stepInto(place, part.rest ? "[]" : `[${i}]`);
    const model = part.optional ? reader.readOptional(part.type, at) : reader.read(part.type, at);
    return elementOf(part, model);
  });
  return { kind: "tuple", elements };
}

/** An element of a tuple, or a parameter, before its type is read. */
export interface ListPart {
  readonly name: string | undefined;
  readonly type: ts.Type;
  readonly optional: boolean;
  readonly rest: boolean;
  /** Whether `undefined` stands for a value: a parameter with a default that others follow. */
  readonly hasDefault?: boolean;
}

export const elementOf = ({ name, optional, rest }: ListPart, type: TypeModel): TupleElement => ({
  ...(name !== undefined && { name }),
  type,
  ...(optional && { optional }),
  ...(rest && { rest }),
});

/** The elements of a tuple type with their labels. */
export function tupleParts(checker: ts.TypeChecker, type: ts.TypeReference): ListPart[] {
  const { elementFlags, labeledElementDeclarations } = type.target as ts.TupleType;
  const types = checker.getTypeArguments(type);
  return elementFlags.map((flags, i) => ({
    name: labelOf(labeledElementDeclarations?.[i]),
    type: types[i] as ts.Type,
    optional: (flags & ElementFlags.Optional) !== 0,
    rest: (flags & ElementFlags.Variable) !== 0,
  }));
}

const labelOf = (label: ts.NamedTupleMember | ts.ParameterDeclaration | undefined): string | undefined =>
  label !== undefined && ts.isIdentifier(label.name) ? label.name.text : undefined;
