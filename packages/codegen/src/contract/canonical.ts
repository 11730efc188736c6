import { compareCodeUnits } from "../order.js";
import { writeElement } from "./node-text.js";
import type { Signature } from "./rewrite.js";
import type { TypeGraph } from "./type-graph.js";
import type { TypeModel } from "./type-model.js";

/** Raised when the canonical form changes: hashes of two forms are never compared. */
export const CONTRACT_SCHEMA = 1;

/**
 * What two sides of a task must agree on, as canonical JSON. Left out is what they may name as they like: types, labels of
 * tuples, the order of union members and of properties, how far a recursive type is unrolled. The names of parameters are
 * in, since two of one type that change places are otherwise no change.
 */
export function canonicalContract({ args, item, result, errors }: Signature, graph: TypeGraph): string {
  return graph.canonicalJson((part) => {
    const parameters = args.elements.map(
      (element) => `[${JSON.stringify(element.name ?? "")},${writeElement(element, part)}]`,
    );
    const codes = Object.entries(errors)
      .toSorted(([a], [b]) => compareCodeUnits(a, b))
      .map(([code, data]) => `[${JSON.stringify(code)},${part(data)}]`);
    const stream = item === undefined ? "" : `"item":${part(item)},`;
    return `{"schema":${CONTRACT_SCHEMA},"args":[${parameters.join(",")}],${stream}"result":${part(result)},"errors":[${codes.join(",")}]}`;
  });
}

/** The canonical JSON of one type of a graph. */
export const canonicalType = (type: TypeModel, graph: TypeGraph): string => graph.canonicalJson((part) => part(type));
