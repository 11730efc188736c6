import { ts } from "#compiler";
import { unionOf, withoutUndefined, type TypeModel } from "../../contract/type-model.js";
import { Definitions } from "./definitions.js";
import { FAULTS, unknownFault, type Fault } from "./faults.js";
import { readIntersection } from "./intersections.js";
import { readArray, readTuple } from "./lists.js";
import { definitionName, orderMembers } from "./names.js";
import { readObject } from "./objects.js";
import { primitiveModel } from "./primitives.js";
import type { TypePlace } from "./type-path.js";

const { TypeFlags } = ts;

/** Types that depend on a type parameter. */
const UNDECIDED =
  TypeFlags.TypeParameter | TypeFlags.IndexedAccess | TypeFlags.Conditional | TypeFlags.Index | TypeFlags.Substitution;

/** Deeper than any type that ends. */
const MAX_DEPTH = 64;

/** What is given where a type has a fault; its task is not part of any contract. */
const ANYTHING: TypeModel = { kind: "any" };

/** What a reader needs to know, and whom it tells. */
export interface ReaderOptions {
  readonly checker: ts.TypeChecker;
  /** Names of classes that are read as their public data. */
  readonly registered: ReadonlySet<string>;
  readonly report: (fault: Fault, place: TypePlace) => void;
}

/** Reads the compiler's types of one task into models. */
export class TypeReader {
  readonly checker: ts.TypeChecker;
  readonly registered: ReadonlySet<string>;
  readonly #report: ReaderOptions["report"];
  readonly #definitions = new Definitions();
  readonly #finished = new Map<ts.Type, TypeModel>();
  readonly #open = new Set<ts.Type>();
  /** Lists that are open with nothing but lists around them since the last other type. */
  #lists: readonly ts.Type[] = [];
  #depth = 0;
  #faults = 0;
  #isEndless = false;

  constructor({ checker, registered, report }: ReaderOptions) {
    this.checker = checker;
    this.registered = registered;
    this.#report = report;
  }

  /** What the refs of all models that were read lead to. */
  definitions(): Record<string, TypeModel> {
    return this.#definitions.toRecord();
  }

  /** Reports a fault and gives a model in the type's place. */
  refuse(fault: Fault, place: TypePlace): TypeModel {
    this.#faults++;
    this.#report(fault, place);
    return ANYTHING;
  }

  read(type: ts.Type, place: TypePlace): TypeModel {
    return this.#vague(type, place) ?? primitiveModel(this.checker, type) ?? this.#compound(type, place);
  }

  /** The type of something optional: `undefined` is no part of its model. */
  readOptional(type: ts.Type, place: TypePlace): TypeModel {
    const model = this.read(this.#withoutUndefined(type), place);
    if (model.kind === "undefined") return { kind: "never" };
    const known = withoutUndefined(model);
    return this.#definitions.refOfSame(known) ?? known;
  }

  /** The compiler gives back the alias that a union had before `undefined` was added; it would take `null` along. */
  #withoutUndefined(type: ts.Type): ts.Type {
    const has = (flag: ts.TypeFlags): boolean => type.isUnion() && type.types.some(({ flags }) => flags & flag);
    return has(TypeFlags.Undefined) && !has(TypeFlags.Null) ? this.checker.getNonNullableType(type) : type;
  }

  /** Types of which nothing is known, or not yet. */
  #vague(type: ts.Type, place: TypePlace): TypeModel | undefined {
    const { flags } = type;
    if (flags & TypeFlags.Any) return this.refuse(isUnresolved(type) ? FAULTS.unresolved : FAULTS.any, place);
    if (flags & TypeFlags.Unknown) return this.unknown("unknown", place);
    if (flags & TypeFlags.NonPrimitive) return this.unknown("object", place);
    if (flags & TypeFlags.ESSymbolLike) return this.refuse(FAULTS.symbol, place);
    return flags & UNDECIDED ? this.refuse(FAULTS.undecided, place) : undefined;
  }

  /** A type that admits everything, or everything but a few values. */
  unknown(name: string, place: TypePlace): TypeModel {
    this.refuse(unknownFault(name), place);
    return { kind: "unknown" };
  }

  #compound(type: ts.Type, place: TypePlace): TypeModel {
    if (++this.#depth > MAX_DEPTH) return this.#leave(this.#giveUp(place));
    const isList = this.checker.isArrayType(type) || this.checker.isTupleType(type);
    return this.#leave(isList ? this.#list(type as ts.TypeReference, place) : this.#tracked(type, place));
  }

  /** Told once: all that is around has no end either. */
  #giveUp(place: TypePlace): TypeModel {
    if (this.#isEndless) return ANYTHING;
    this.#isEndless = true;
    return this.refuse(FAULTS.endless, place);
  }

  #leave(model: TypeModel): TypeModel {
    this.#depth--;
    return model;
  }

  /** A list becomes a definition only where it contains itself by way of lists alone. */
  #list(type: ts.TypeReference, place: TypePlace): TypeModel {
    if (this.#lists.includes(type) || this.#definitions.has(type)) {
      return this.#definitions.ref(type, definitionName(type));
    }
    const around = this.#lists;
    this.#lists = [...around, type];
    const model = this.checker.isTupleType(type) ? readTuple(this, type, place) : readArray(this, type, place);
    this.#lists = around;
    return this.#finish(type, model);
  }

  /** A type with a name is a definition; another one becomes one when it is met within itself. */
  #tracked(type: ts.Type, place: TypePlace): TypeModel {
    const finished = this.#finished.get(type);
    if (finished !== undefined) return finished;
    const name = definitionName(type);
    if (this.#open.has(type)) return this.#definitions.ref(type, name);
    const around = this.#lists;
    const before = this.#faults;
    this.#lists = [];
    this.#open.add(type);
    const model = this.#finish(type, this.#parts(type, place, name));
    this.#open.delete(type);
    this.#lists = around;
    // What is wrong with a type without a name is told wherever it stands.
    if (model.kind === "ref" || this.#faults === before) this.#finished.set(type, model);
    return model;
  }

  #finish(type: ts.Type, model: TypeModel): TypeModel {
    if (!this.#definitions.has(type)) return model;
    this.#definitions.define(type, model);
    return this.#definitions.ref(type, undefined);
  }

  #parts(type: ts.Type, place: TypePlace, name: string | undefined): TypeModel {
    if (type.isUnion()) {
      return unionOf(orderMembers(this.checker, type.types).map((member) => this.read(member, place)));
    }
    const named = (): void => {
      if (name !== undefined) this.#definitions.ref(type, name);
    };
    return type.isIntersection()
      ? readIntersection(this, type, { place, named })
      : readObject(this, type, { place, named });
  }
}

/** The compiler's type for what it has reported an error about; the property is on every such type, though not declared. */
const isUnresolved = (type: ts.Type): boolean => (type as { intrinsicName?: string }).intrinsicName === "error";
