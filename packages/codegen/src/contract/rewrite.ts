import { compareCodeUnits } from "../order.js";
import { definitionOf, type Definitions } from "./alternatives.js";
import { unionOf, type ObjectModel, type TaskTypes, type TupleModel, type TypeModel } from "./type-model.js";

/** What a task promises, apart from the definitions that it refers to. */
export type Signature = Omit<TaskTypes, "types">;

/** A type with other names in its refs, and with its keys, properties and unions in canonical order. */
export function rewrite(type: TypeModel, rename: (name: string) => string): TypeModel {
  const inner = (part: TypeModel): TypeModel => rewrite(part, rename);
  switch (type.kind) {
    case "ref":
      return { kind: type.kind, name: rename(type.name) };
    case "union":
      return unionOf(type.members.map(inner));
    case "template":
      return { kind: type.kind, texts: type.texts, types: type.types.map(inner) };
    case "array":
    case "set":
      return { kind: type.kind, element: inner(type.element) };
    case "map":
      return { kind: type.kind, key: inner(type.key), value: inner(type.value) };
    case "tuple":
      return rewriteTuple(type, inner);
    case "object":
      return rewriteObject(type, inner);
    case "builtin":
      return { kind: type.kind, name: type.name };
    case "literal":
      return { kind: type.kind, value: type.value };
    case "bigint-literal":
      return { kind: type.kind, value: type.value };
    default:
      return { kind: type.kind };
  }
}

type Inner = (part: TypeModel) => TypeModel;

const rewriteTuple = ({ kind, elements }: TupleModel, inner: Inner): TupleModel => ({
  kind,
  elements: elements.map(({ name, type, optional, rest }) => ({
    ...(name !== undefined && { name }),
    type: inner(type),
    ...(optional && { optional }),
    ...(rest && { rest }),
  })),
});

function rewriteObject({ kind, properties, index = [] }: ObjectModel, inner: Inner): ObjectModel {
  const sorted = properties.toSorted((a, b) => compareCodeUnits(a.name, b.name));
  return {
    kind,
    properties: sorted.map(({ name, type, optional }) => ({ name, type: inner(type), ...(optional && { optional }) })),
    ...(index.length > 0 && { index: index.map(({ key, value }) => ({ key: inner(key), value: inner(value) })) }),
  };
}

/** A signature with other names in its refs, in canonical order. */
export function rewriteSignature(
  { args, item, result, errors }: Signature,
  rename: (name: string) => string,
): Signature {
  const inner = (part: TypeModel): TypeModel => rewrite(part, rename);
  const codes = Object.entries(errors).toSorted(([a], [b]) => compareCodeUnits(a, b));
  return {
    args: rewriteTuple(args, inner),
    ...(item !== undefined && { item: inner(item) }),
    result: inner(result),
    errors: Object.fromEntries(codes.map(([code, data]) => [code, rewriteObject(data, inner)])),
  };
}

/** The names of the definitions that a signature comes by, in order. */
export function reachableNames(signature: Signature, definitions: Definitions): string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    eachRef(definitionOf(name, definitions), visit);
  };
  for (const type of partsOf(signature)) eachRef(type, visit);
  return [...found].toSorted(compareCodeUnits);
}

/** Arguments, items, result and the data of errors. */
export const partsOf = ({ args, item, result, errors }: Signature): TypeModel[] => [
  args,
  ...(item === undefined ? [] : [item]),
  result,
  ...Object.values(errors),
];

/** Calls `visit` with the name of each ref within a type; definitions are not looked into. */
export function eachRef(type: TypeModel, visit: (name: string) => void): void {
  if (type.kind === "ref") visit(type.name);
  else for (const part of innerTypes(type)) eachRef(part, visit);
}

function innerTypes(type: TypeModel): readonly TypeModel[] {
  switch (type.kind) {
    case "union":
      return type.members;
    case "template":
      return type.types;
    case "array":
    case "set":
      return [type.element];
    case "map":
      return [type.key, type.value];
    case "tuple":
      return type.elements.map((element) => element.type);
    case "object":
      return [
        ...type.properties.map((property) => property.type),
        ...(type.index ?? []).flatMap(({ key, value }) => [key, value]),
      ];
    default:
      return [];
  }
}
