/**
 * The types of a task as they travel: a small closed language of plain JSON. Diagnostics, hashes, validators, JSON Schema
 * and portable declarations are all read from it, and none of them from the compiler.
 *
 * What is erased on the way here: `readonly`, brands (a branded string is a string), enums (a union of their values),
 * the names of type parameters (instantiated), `void` (`undefined`), a promised result (its value).
 */
export type TypeModel =
  | { readonly kind: Simple }
  | { readonly kind: "literal"; readonly value: string | number | boolean }
  /** Its digits, with a sign where it is negative. */
  | { readonly kind: "bigint-literal"; readonly value: string }
  /** `texts[0] types[0] texts[1] …`: there is one text more than there are types. */
  | { readonly kind: "template"; readonly texts: readonly string[]; readonly types: readonly TypeModel[] }
  | { readonly kind: "array"; readonly element: TypeModel }
  | TupleModel
  | ObjectModel
  | { readonly kind: "map"; readonly key: TypeModel; readonly value: TypeModel }
  | { readonly kind: "set"; readonly element: TypeModel }
  /** Two members or more; made by `unionOf` alone. */
  | { readonly kind: "union"; readonly members: readonly TypeModel[] }
  /** A class of the platform whose instances the codec carries. */
  | { readonly kind: "builtin"; readonly name: Builtin }
  /** A definition of `TaskTypes.types`: a named object type, or a recursive one. */
  | { readonly kind: "ref"; readonly name: string };

/** Types without parts. `any` and `unknown` admit everything; `never` admits nothing. */
export type Simple = "string" | "number" | "boolean" | "bigint" | "null" | "undefined" | "any" | "unknown" | "never";

/** Classes of the platform that survive the trip. */
export const BUILTINS = [
  "Date",
  "URL",
  "URLSearchParams",
  "Error",
  "ArrayBuffer",
  "DataView",
  "Buffer",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
] as const;

export type Builtin = (typeof BUILTINS)[number];

/** A list of known shape: arguments, or a tuple within them. */
export interface TupleModel {
  readonly kind: "tuple";
  readonly elements: readonly TupleElement[];
}

/** An element of a tuple. Optional ones follow required ones; at most one is `rest`, whose `type` is that of each element. */
export interface TupleElement {
  /** Its label, or the name of the parameter; part of the contract's text, and of its hash only for arguments. */
  readonly name?: string;
  readonly type: TypeModel;
  readonly optional?: true;
  readonly rest?: true;
}

/** An object with known properties, in order of their names by code unit, and index signatures. */
export interface ObjectModel {
  readonly kind: "object";
  readonly properties: readonly PropertyModel[];
  /** `Record<string, V>` and its like; absent where there is none. */
  readonly index?: readonly IndexModel[];
}

/** A property. An optional one may also hold `undefined`, which its `type` does not repeat. */
export interface PropertyModel {
  readonly name: string;
  readonly type: TypeModel;
  readonly optional?: true;
}

export interface IndexModel {
  /** `string`, `number`, or a template. */
  readonly key: TypeModel;
  readonly value: TypeModel;
}

/** What callers and workers of one task agree on. */
export interface TaskTypes {
  readonly args: TupleModel;
  /** Of a stream, what it yields; absent of other tasks. */
  readonly item?: TypeModel;
  /** What `.get()` resolves to. */
  readonly result: TypeModel;
  /** The own data of each error that the task declares with `throws`, by its code. */
  readonly errors: Readonly<Record<string, ObjectModel>>;
  /** What refs lead to, by name. */
  readonly types: Readonly<Record<string, TypeModel>>;
}

const text = (type: TypeModel): string => JSON.stringify(type);

/** The union of types: flat, each member once, `true | false` folded, in order of their JSON; one member is itself. */
export function unionOf(types: Iterable<TypeModel>): TypeModel {
  const members = new Map<string, TypeModel>();
  for (const type of types) for (const member of membersOf(type)) members.set(text(member), member);
  members.delete(text({ kind: "never" }));
  foldBooleans(members);
  for (const simple of ["any", "unknown"] as const) if (members.has(text({ kind: simple }))) return { kind: simple };
  absorbLiterals(members);
  const sorted = [...members].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, member]) => member);
  if (sorted.length > 1) return { kind: "union", members: sorted };
  return sorted[0] ?? { kind: "never" };
}

/** The members of a union; of any other type, itself. */
export const membersOf = (type: TypeModel): readonly TypeModel[] => (type.kind === "union" ? type.members : [type]);

/** A type without `undefined` among its members. */
export const withoutUndefined = (type: TypeModel): TypeModel =>
  type.kind === "union" ? unionOf(type.members.filter(({ kind }) => kind !== "undefined")) : type;

function foldBooleans(members: Map<string, TypeModel>): void {
  const literals = [true, false].map((value) => text({ kind: "literal", value }));
  if (!literals.every((literal) => members.has(literal))) return;
  for (const literal of literals) members.delete(literal);
  members.set(text({ kind: "boolean" }), { kind: "boolean" });
}

/** `"a" | string` is `string`. */
function absorbLiterals(members: Map<string, TypeModel>): void {
  for (const [key, member] of members) {
    const wide =
      member.kind === "literal" ? typeof member.value : member.kind === "bigint-literal" ? "bigint" : undefined;
    if (wide !== undefined && members.has(text({ kind: wide as Simple }))) members.delete(key);
  }
}
