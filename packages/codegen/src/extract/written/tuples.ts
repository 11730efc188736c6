import { ts } from "#compiler";
import type { TupleElement, TupleModel } from "../../contract/type-model.js";
import type { WrittenFile } from "./modules.js";
import type { WrittenTypeReader } from "./type-reader.js";
import { giveUp } from "./undecided.js";

/** A tuple whose elements are in order: required ones, optional ones, at last one that stands for many. */
export function readTuple(reader: WrittenTypeReader, { elements }: ts.TupleTypeNode, file: WrittenFile): TupleModel {
  const read = elements.map((element) => readElement(reader, element, file));
  // The compiler takes a tuple of a rest alone for a list.
  if (!isInOrder(read) || read[0]?.rest === true) return giveUp();
  // The compiler keeps labels where each element has one.
  const labels = elements.filter(ts.isNamedTupleMember).length;
  return labels === 0 || labels === elements.length ? { kind: "tuple", elements: read } : giveUp();
}

/** Whether required elements come first, and a rest at last. */
export function isInOrder(elements: readonly TupleElement[]): boolean {
  const ranks = elements.map(({ optional, rest }) => (rest === true ? 2 : optional === true ? 1 : 0));
  return (
    ranks.every((rank, i) => i === 0 || rank >= (ranks[i - 1] as number)) && ranks.filter((r) => r === 2).length < 2
  );
}

function readElement(reader: WrittenTypeReader, element: ts.TypeNode, file: WrittenFile): TupleElement {
  if (!ts.isNamedTupleMember(element)) return readUnnamed(reader, element, file);
  const name = element.name.text;
  if (element.dotDotDotToken !== undefined) {
    return { name, type: reader.read(elementTypeOf(element.type), file), rest: true };
  }
  if (element.questionToken === undefined) return { name, type: reader.read(element.type, file) };
  return { name, type: reader.readOptional(element.type, file), optional: true };
}

function readUnnamed(reader: WrittenTypeReader, element: ts.TypeNode, file: WrittenFile): TupleElement {
  if (ts.isRestTypeNode(element)) return { type: reader.read(elementTypeOf(element.type), file), rest: true };
  if (!ts.isOptionalTypeNode(element)) return { type: reader.read(element, file) };
  return { type: reader.readOptional(element.type, file), optional: true };
}

/** `T` of `T[]`: any other list may be a tuple. */
export const elementTypeOf = (node: ts.TypeNode): ts.TypeNode =>
  ts.isArrayTypeNode(node) ? node.elementType : giveUp();
