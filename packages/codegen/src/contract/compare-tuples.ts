import { within, type Finding } from "./findings.js";
import type { Reading } from "./reading.js";
import type { Step } from "./type-path.js";
import type { TupleElement, TupleModel, TypeModel } from "./type-model.js";

/** What differs between the arguments of a task and a tuple within them. */
export interface TupleStyle {
  readonly step: (at: number) => Step;
  /** Where every element is meant. */
  readonly all: Step;
  /** How grave it is that the reader has no place for what is written. */
  readonly extra: "break" | "warn";
}

export const NESTED: TupleStyle = { step: (element) => ({ element }), all: { any: "items" }, extra: "break" };

/** JavaScript leaves arguments without a parameter alone, and so do validators. */
export const PARAMETERS: TupleStyle = { step: (argument) => ({ argument }), all: { argument: 0 }, extra: "warn" };

/** `T[]` is `[...T[]]`. */
export const asTuple = (type: TupleModel | Extract<TypeModel, { readonly kind: "array" }>): TupleModel =>
  type.kind === "tuple" ? type : { kind: "tuple", elements: [{ type: type.element, rest: true }] };

/** A list that is written, and the one that it is read as. */
export interface TuplePair {
  readonly written: TupleModel;
  readonly reader: TupleModel;
  readonly style: TupleStyle;
}

/** What does not fit where one list is read as another. */
export function readTuple(reading: Reading, pair: TuplePair): Finding[] {
  const { written, reader, style } = pair;
  if (hasTail(written) || hasTail(reader)) return readWithTail(reading, pair);
  const [from, to] = [new Elements(written), new Elements(reader)];
  const fixed = Math.max(from.fixed, to.fixed);
  const places = Array.from({ length: fixed }, (_, at) => ({
    written: from.at(at),
    reader: to.at(at),
    step: style.step(at),
  }));
  const rest = { written: from.rest, reader: to.rest, step: fixed > 0 ? style.step(fixed) : style.all };
  const all = from.rest === undefined ? places : [...places, rest];
  return all.flatMap((place) => readElement(reading, { ...place, extra: style.extra }));
}

/** The elements of a tuple whose rest, if it has one, is the last. */
class Elements {
  readonly rest: TupleElement | undefined;
  readonly #elements: readonly TupleElement[];

  constructor({ elements }: TupleModel) {
    this.rest = elements.find(({ rest }) => rest);
    this.#elements = elements.filter(({ rest }) => !rest);
  }

  get fixed(): number {
    return this.#elements.length;
  }

  at(index: number): TupleElement | undefined {
    return this.#elements[index] ?? this.rest;
  }
}

/** One place of two lists; `undefined` where a list has none. */
interface Place {
  readonly written: TupleElement | undefined;
  readonly reader: TupleElement | undefined;
  readonly step: Step;
  readonly extra: "break" | "warn";
}

function readElement(reading: Reading, { written, reader, step, extra }: Place): Finding[] {
  const types = { path: [step], ...(written && { written: written.type }), ...(reader && { reader: reader.type }) };
  if (reader === undefined) {
    const isOptional = written === undefined || !isAlways(written);
    return [{ kind: "ignored", severity: extra, ...types, ...(isOptional && { optional: true }) }];
  }
  const isNeeded = isAlways(reader) && !reading.admitsUndefined(reader.type);
  if (written === undefined) return isNeeded ? [{ kind: "missing", severity: "break", ...types }] : [];
  const isGap = isNeeded && !isAlways(written);
  const allowance = { written: !isGap && written.optional === true, reader: reader.optional === true };
  return [
    ...(isGap ? [{ kind: "sometimes-missing", severity: "break", ...types } as const] : []),
    ...within(step, reading.read(written.type, reader.type, allowance)),
  ];
}

const isAlways = ({ optional, rest }: TupleElement): boolean => !optional && !rest;

const hasTail = ({ elements }: TupleModel): boolean => elements.slice(0, -1).some(({ rest }) => rest);

/** Lists with elements after their rest: element by element where they are built alike, or all of them as items of a list. */
function readWithTail(reading: Reading, { written, reader, style }: TuplePair): Finding[] {
  const [only, ...others] = reader.elements;
  const isAlike = shape(written) === shape(reader);
  if (!isAlike && (only?.rest !== true || others.length > 0))
    return [{ kind: "type", severity: "break", path: [], written, reader }];
  return written.elements.flatMap((element, at) => {
    const target = isAlike ? reader.elements[at] : only;
    return readElement(reading, { written: element, reader: target, step: style.step(at), extra: style.extra });
  });
}

const shape = ({ elements }: TupleModel): string =>
  elements.map(({ optional, rest }) => (rest ? "." : optional ? "?" : "!")).join("");
