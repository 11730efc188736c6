import { compareCodeUnits } from "../order.js";
import type { Alternative } from "./alternatives.js";
import type { ObjectModel, Simple, TupleElement, TypeModel } from "./type-model.js";

/** The JSON that stands for a part of a type; of an optional part, `undefined` is no alternative of its own. */
export type Part = (type: TypeModel, optional?: boolean) => string;

const json = (value: unknown): string => JSON.stringify(value);

/** A node as JSON of its own facts and its parts; labels of tuples are no part of it, and `T[]` is `[...T[]]`. */
export function writeNode(node: Alternative, part: Part): string {
  switch (node.kind) {
    case "literal":
    case "bigint-literal":
      return `["${node.kind}",${json(node.value)}]`;
    case "builtin":
      return `["${node.kind}","${node.name}"]`;
    case "template":
      return `["${node.kind}",${json(node.texts)},[${node.types.map((type) => part(type)).join(",")}]]`;
    case "array":
      return `["tuple",[${writeElement({ type: node.element, rest: true }, part)}]]`;
    case "tuple":
      return `["${node.kind}",[${node.elements.map((element) => writeElement(element, part)).join(",")}]]`;
    case "set":
      return `["${node.kind}",${part(node.element)}]`;
    case "map":
      return `["${node.kind}",${part(node.key)},${part(node.value)}]`;
    case "object":
      return `["${node.kind}",[${writeProperties(node, part)}],[${writeIndexes(node, part)}]]`;
    default:
      return `["${node.kind satisfies Simple}"]`;
  }
}

/** An element of a tuple by its place and its type. */
export const writeElement = ({ type, optional, rest }: TupleElement, part: Part): string =>
  `["${rest ? "..." : optional ? "?" : ""}",${part(type, optional)}]`;

const writeProperties = ({ properties }: ObjectModel, part: Part): string =>
  properties
    .toSorted((a, b) => compareCodeUnits(a.name, b.name))
    .map(({ name, type, optional }) => `[${json(name)},"${optional ? "?" : ""}",${part(type, optional)}]`)
    .join(",");

const writeIndexes = ({ index = [] }: ObjectModel, part: Part): string =>
  index
    .map(({ key, value }) => ({ key: part(key), value }))
    .toSorted((a, b) => compareCodeUnits(a.key, b.key))
    .map(({ key, value }) => `[${key},${part(value)}]`)
    .join(",");
