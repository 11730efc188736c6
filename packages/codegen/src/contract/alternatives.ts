import type { TypeModel } from "./type-model.js";

/** What refs lead to, by name. */
export type Definitions = Readonly<Record<string, TypeModel>>;

/** A type that is one thing: neither a union, nor a ref, nor `boolean` or `never`. */
export type Alternative = Exclude<TypeModel, { readonly kind: "union" | "ref" }>;

const BOOLEANS: readonly Alternative[] = [true, false].map((value) => ({ kind: "literal", value }));

/**
 * What a value of a type may be, each once: unions flattened through their definitions, `boolean` as its two values, `never`
 * as nothing, and what a wider one includes left out. `A | true` with `type A = false | null` gives `false`, `null`, `true`.
 */
export function alternativesOf(type: TypeModel, definitions: Definitions): readonly Alternative[] {
  if (isAlternative(type)) return [type];
  const found = new Map<unknown, Alternative>();
  flatten(type, { definitions, found, passed: new Set() });
  for (const kind of ["any", "unknown"] as const) if (found.has(kind)) return [{ kind }];
  return [...found.values()].filter((alternative) => !isWithin(alternative, found));
}

const COMPOUND = new Set<TypeModel["kind"]>(["union", "ref", "boolean", "never"]);

const isAlternative = (type: TypeModel): type is Alternative => !COMPOUND.has(type.kind);

interface Flattening {
  readonly definitions: Definitions;
  readonly found: Map<unknown, Alternative>;
  /** Names of definitions that led here. */
  readonly passed: Set<string>;
}

function flatten(type: TypeModel, flattening: Flattening): void {
  const { definitions, found, passed } = flattening;
  if (type.kind === "union") for (const member of type.members) flatten(member, flattening);
  else if (type.kind === "boolean") for (const value of BOOLEANS) found.set(identity(value), value);
  else if (type.kind === "ref") {
    if (passed.has(type.name)) return;
    passed.add(type.name);
    flatten(definitionOf(type.name, definitions), flattening);
  } else if (isAlternative(type)) found.set(identity(type), type);
}

/** What a ref leads to. */
export function definitionOf(name: string, definitions: Definitions): TypeModel {
  const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
  if (definition === undefined) throw new Error(`the contract has no definition of the type "${name}"`);
  return definition;
}

/** Equal for two alternatives that are certainly the same. */
function identity(alternative: Alternative): unknown {
  if (alternative.kind === "literal") return JSON.stringify(alternative.value);
  if (alternative.kind === "bigint-literal") return `${alternative.value}n`;
  return hasParts(alternative) || alternative.kind === "builtin" ? alternative : alternative.kind;
}

const PARTS = new Set<Alternative["kind"]>(["template", "array", "tuple", "object", "map", "set"]);

const hasParts = ({ kind }: Alternative): boolean => PARTS.has(kind);

/** `"a" | string` is `string`. */
function isWithin(alternative: Alternative, all: ReadonlyMap<unknown, Alternative>): boolean {
  if (alternative.kind === "literal") return all.has(typeof alternative.value);
  return all.has(alternative.kind === "bigint-literal" ? "bigint" : alternative.kind === "template" ? "string" : "");
}
