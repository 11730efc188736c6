import type { TypeModel } from "../contract/type-model.js";

/** The types that a type is made of, one level down. What a ref leads to is not among them. */
export function partsOf(type: TypeModel): readonly TypeModel[] {
  switch (type.kind) {
    case "array":
    case "set":
      return [type.element];
    case "tuple":
      return type.elements.map((element) => element.type);
    case "object":
      return [...type.properties, ...(type.index ?? [])].flatMap((part) =>
        "key" in part ? [part.key, part.value] : [part.type],
      );
    case "map":
      return [type.key, type.value];
    case "union":
      return type.members;
    case "template":
      return type.types;
    default:
      return [];
  }
}

/** The names that a type refers to, in order of appearance. */
export function refsOf(type: TypeModel): string[] {
  if (type.kind === "ref") return [type.name];
  return partsOf(type).flatMap(refsOf);
}
