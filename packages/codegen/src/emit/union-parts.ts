import { membersOf, type ObjectModel, type TypeModel } from "../contract/type-model.js";
import type { Definition, Scope } from "./definitions.js";
import { escapeLineEnds } from "./source.js";

/** Whether a place of this type may as well be missing. */
export function admitsUndefined(type: TypeModel, scope: Scope, seen: ReadonlySet<Definition> = new Set()): boolean {
  if (type.kind === "union") return type.members.some((member) => admitsUndefined(member, scope, seen));
  if (type.kind !== "ref") return type.kind === "undefined" || type.kind === "any" || type.kind === "unknown";
  const definition = scope.definition(type.name);
  return !seen.has(definition) && admitsUndefined(definition.type, definition.scope, new Set([...seen, definition]));
}

/** The members of a type other than `undefined`. */
export const definedMembers = (type: TypeModel): readonly TypeModel[] =>
  membersOf(type).filter(({ kind }) => kind !== "undefined");

/** A value that a literal type stands for: its text in source. */
export function literalText(type: TypeModel): string | undefined {
  switch (type.kind) {
    case "literal":
      return escapeLineEnds(JSON.stringify(type.value));
    case "bigint-literal":
      // a literal such as 1n needs a newer target than the type does
      return `BigInt(${JSON.stringify(type.value)})`;
    case "null":
    case "undefined":
      return type.kind;
    default:
      return undefined;
  }
}

/** A member of a union as the object that it is; `undefined` for anything else. */
type ResolveObject = (member: TypeModel) => ObjectModel | undefined;

/** The property that tells objects apart: always there, a literal in each, and none the same as another's. */
export function tagOf(members: readonly TypeModel[], resolve: ResolveObject): string | undefined {
  const [first, ...others] = members.map(resolve);
  return first?.properties
    .map(({ name }) => name)
    .find((name) => areDistinct([first, ...others].map((object) => tagValues(object, name))));
}

/** The literals that a property may be. */
function tagValues(object: ObjectModel | undefined, name: string): string[] | undefined {
  const property = object?.properties.find((each) => each.name === name);
  if (property === undefined || property.optional === true) return undefined;
  const texts = membersOf(property.type).map((type) => (isLiteral(type) ? literalText(type) : undefined));
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

const isLiteral = ({ kind }: TypeModel): boolean => kind === "literal" || kind === "bigint-literal";

function areDistinct(values: readonly (readonly string[] | undefined)[]): boolean {
  const all = values.flatMap((texts) => texts ?? []);
  return !values.includes(undefined) && new Set(all).size === all.length;
}
