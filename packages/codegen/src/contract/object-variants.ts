import type { Alternative } from "./alternatives.js";
import type { ObjectModel, TypeModel } from "./type-model.js";

/** More variants than this are not tried; TypeScript's own limit. */
const MAX_VARIANTS = 25;

const UNITS = new Set<Alternative["kind"]>(["literal", "bigint-literal", "null", "undefined"]);

/**
 * An object as the union of what it is for each value of its properties that have a few fixed ones: `{ ok: boolean; at: Date }` as
 * `{ ok: false; at: Date } | { ok: true; at: Date }`. Empty where there is nothing to tell apart, or too much.
 */
export function variantsOf(
  object: ObjectModel,
  alternativesOf: (type: TypeModel) => readonly Alternative[],
): ObjectModel[] {
  let variants: ObjectModel[] = [object];
  for (const [at, property] of object.properties.entries()) {
    const values = alternativesOf(property.type);
    if (property.optional || values.length < 2 || !values.every(({ kind }) => UNITS.has(kind))) continue;
    if (variants.length * values.length > MAX_VARIANTS) return [];
    variants = variants.flatMap((variant) => values.map((type) => withType(variant, at, type)));
  }
  return variants.length === 1 ? [] : variants;
}

const withType = (object: ObjectModel, at: number, type: TypeModel): ObjectModel => ({
  ...object,
  properties: object.properties.map((property, index) => (index === at ? { ...property, type } : property)),
});

/** The values of the properties that are always there and have a few fixed ones, as JSON. */
export function tagsOf(
  object: ObjectModel,
  alternativesOf: (type: TypeModel) => readonly Alternative[],
): Map<string, Set<string>> {
  const tags = object.properties.flatMap(({ name, type, optional }): [string, Set<string>][] => {
    const values = alternativesOf(type);
    const isTag = optional !== true && values.length > 0 && values.every(({ kind }) => TAGS.has(kind));
    return isTag ? [[name, new Set(values.map((value) => JSON.stringify(value)))]] : [];
  });
  return new Map(tags);
}

const TAGS = new Set<Alternative["kind"]>(["literal", "bigint-literal"]);

/** Whether two properties are tags of which no value is the same. */
export const isDisjoint = (values: ReadonlySet<string>, others: ReadonlySet<string> | undefined): boolean =>
  others !== undefined && ![...values].some((value) => others.has(value));
