import { alternativesOf, definitionOf, type Alternative, type Definitions } from "./alternatives.js";
import { readObject } from "./compare-objects.js";
import { asTuple, NESTED, readTuple } from "./compare-tuples.js";
import { isBroken, within, type Finding } from "./findings.js";
import { isDisjoint, tagsOf, variantsOf } from "./object-variants.js";
import { matchesTemplate } from "./template-match.js";
import { unionOf, type TypeModel } from "./type-model.js";

/** What a place lets through besides its type. */
export interface Allowance {
  /** What is written there may be `undefined` too. */
  readonly written?: boolean;
  /** The reader takes `undefined` too. */
  readonly reader?: boolean;
}

const ADMITTING = new Set<Alternative["kind"]>(["undefined", "any", "unknown"]);

type Alternatives = readonly Alternative[];

/**
 * One comparison. Recursive types are compared by assumption: a pair that is being compared fits, until it is seen not to; all
 * that was concluded from it is then forgotten (the algorithm of Amadio and Cardelli, as in Pierce, section 21.9).
 */
export class Reading {
  /** Definitions of the types that are written, and of those that are read. */
  readonly written: Definitions;
  readonly reader: Definitions;
  readonly #ofWritten = new Map<TypeModel, Alternatives>();
  readonly #ofReader = new Map<TypeModel, Alternatives>();
  readonly #assumed: (readonly [Alternative, Alternatives])[] = [];
  readonly #failed = new Map<Alternative, Map<Alternatives, readonly Finding[]>>();

  constructor(written: Definitions, reader: Definitions) {
    this.written = written;
    this.reader = reader;
  }

  /** What does not fit where values of one type are read as another. */
  read(written: TypeModel, reader: TypeModel, allowance: Allowance = {}): Finding[] {
    const expected = known(this.#ofReader, reader, this.reader);
    if (expected.some(({ kind }) => kind === "any" || kind === "unknown")) return [];
    const found: Finding[] = [];
    const misfits: Alternative[] = [];
    for (const alternative of this.#writtenOnes(written, allowance)) {
      if (alternative.kind === "any" || alternative.kind === "unknown")
        return [{ kind: "anything", severity: "warn", path: [], written, reader }];
      const inner = this.#readOne(alternative, expected);
      if (inner === undefined) misfits.push(alternative);
      else found.push(...inner);
    }
    if (misfits.length === 0) return found;
    return [{ kind: "type", severity: "break", path: [], written, reader, misfit: unionOf(misfits) }, ...found];
  }

  /** Whether the reader takes `undefined`, and with it what is absent. */
  admitsUndefined(reader: TypeModel): boolean {
    return known(this.#ofReader, reader, this.reader).some(({ kind }) => ADMITTING.has(kind));
  }

  #writtenOnes(written: TypeModel, allowance: Allowance): Alternatives {
    const all = this.#alternativesOf(written).filter(({ kind }) => kind !== "undefined" || !allowance.reader);
    const isUndefined = allowance.written === true && allowance.reader !== true;
    return isUndefined && !all.some(({ kind }) => kind === "undefined") ? [...all, { kind: "undefined" }] : all;
  }

  /** `undefined` where no alternative of the reader is of the same sort, or has the same tag. */
  #readOne(written: Alternative, reader: Alternatives): readonly Finding[] | undefined {
    const rivals = reader.filter((alternative) => areComparable(written, alternative));
    if (rivals.length === 0) return reader.some((alternative) => this.#fits(written, alternative)) ? [] : undefined;
    if (this.#isNewVariant(written, rivals)) return undefined;
    const failed = this.#failed.get(written)?.get(reader);
    // n.b. a second time only the first finding: what is reached by many paths is not told of each in full
    if (failed !== undefined) return failed.slice(0, 1);
    if (this.#assumed.some(([assumed, readers]) => assumed === written && readers === reader)) return [];
    const before = this.#assumed.push([written, reader]) - 1;
    const found = this.#readAsAny(written, rivals);
    if (!isBroken(found)) return found;
    this.#assumed.length = before;
    const failures = this.#failed.get(written) ?? new Map<Alternatives, readonly Finding[]>();
    this.#failed.set(written, failures.set(reader, found));
    return found;
  }

  /** Whether no alternative is meant: where a tag tells them apart, what differs from each is a matter of neither. */
  #isNewVariant(written: Alternative, rivals: Alternatives): boolean {
    if (written.kind !== "object" || rivals.length < 2) return false;
    const objects = rivals.filter((rival) => rival.kind === "object");
    const tags = tagsOf(written, (type) => this.#alternativesOf(type));
    const others = objects.map((rival) => tagsOf(rival, (type) => known(this.#ofReader, type, this.reader)));
    return [...tags].some(([name, values]) => others.every((other) => isDisjoint(values, other.get(name))));
  }

  /** By the alternative that fits best, or each variant of an object by its own. */
  #readAsAny(written: Alternative, rivals: Alternatives): Finding[] {
    const best = this.#best(written, rivals);
    if (rivals.length === 1 || written.kind !== "object" || !isBroken(best)) return best;
    const variants = variantsOf(written, (type) => this.#alternativesOf(type)).map((variant) =>
      this.#best(variant, rivals),
    );
    return variants.length === 0 || variants.some(isBroken) ? best : variants.flat();
  }

  #best(written: Alternative, rivals: Alternatives): Finding[] {
    const attempts = rivals.map((rival) => this.#readParts(written, rival));
    const [first = [], ...others] = attempts;
    return others.reduce((best, attempt) => (weight(attempt) < weight(best) ? attempt : best), first);
  }

  #readParts(written: Alternative, reader: Alternative): Finding[] {
    if (written.kind === "object" && reader.kind === "object") return readObject(this, written, reader);
    if (written.kind === "set" && reader.kind === "set")
      return within({ any: "members" }, this.read(written.element, reader.element));
    if (written.kind === "map" && reader.kind === "map")
      return [
        ...within({ any: "keys" }, this.read(written.key, reader.key)),
        ...within({ any: "values" }, this.read(written.value, reader.value)),
      ];
    if (isList(written) && isList(reader))
      return readTuple(this, { written: asTuple(written), reader: asTuple(reader), style: NESTED });
    throw new Error(`${written.kind} and ${reader.kind} are not comparable`);
  }

  /** Alternatives without parts that differ, and templates. */
  #fits(written: Alternative, reader: Alternative): boolean {
    if (written.kind === "template") return reader.kind === "string" || this.#fitsTemplate(written, reader);
    if (written.kind === "builtin") return reader.kind === "builtin" && isInstance(written.name, reader.name);
    if (written.kind === "bigint-literal")
      return reader.kind === "bigint" || (reader.kind === "bigint-literal" && reader.value === written.value);
    if (written.kind !== "literal") return written.kind === reader.kind;
    if (reader.kind === "literal") return written.value === reader.value;
    if (reader.kind === "template")
      return typeof written.value === "string" && matchesTemplate(written.value, reader, this.reader, "certain");
    return reader.kind === typeof written.value;
  }

  #fitsTemplate(written: Extract<Alternative, { kind: "template" }>, reader: Alternative): boolean {
    if (reader.kind !== "template" || reader.texts.length !== written.texts.length) return false;
    if (!written.texts.every((text, at) => text === reader.texts[at])) return false;
    return written.types.every((type, at) => {
      const other = reader.types[at];
      return other !== undefined && (this.#takesText(other) || this.read(type, other).length === 0);
    });
  }

  /** What stands in a template is text, whatever it is outside. */
  #takesText(placeholder: TypeModel): boolean {
    return known(this.#ofReader, placeholder, this.reader).some(({ kind }) => kind === "string");
  }

  #alternativesOf(written: TypeModel): Alternatives {
    return known(this.#ofWritten, written, this.written);
  }
}

/** The same list for the same type, by whatever ref it is reached: lists are compared by identity. */
function known(table: Map<TypeModel, Alternatives>, type: TypeModel, definitions: Definitions): Alternatives {
  const target = type.kind === "ref" ? definitionOf(type.name, definitions) : type;
  const found = table.get(target) ?? alternativesOf(target, definitions);
  table.set(target, found);
  return found;
}

/** A Buffer is a Uint8Array wherever it arrives. */
const isInstance = (written: string, reader: string): boolean =>
  written === reader || (written === "Buffer" && reader === "Uint8Array");

const isList = (type: Alternative): type is Extract<Alternative, { kind: "array" | "tuple" }> =>
  type.kind === "array" || type.kind === "tuple";

/** Whether two alternatives are compared by their parts. */
const areComparable = (a: Alternative, b: Alternative): boolean =>
  (isList(a) && isList(b)) || (a.kind === b.kind && (a.kind === "object" || a.kind === "map" || a.kind === "set"));

/** Fewer and lighter findings fit better. */
const weight = (findings: readonly Finding[]): number =>
  findings.reduce((sum, { severity }) => sum + WEIGHTS[severity], 0);

const WEIGHTS = { break: 10_000, warn: 100, note: 1 } as const;
