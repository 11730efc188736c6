import type {
  Builtin,
  IndexModel,
  ObjectModel,
  Simple,
  TaskTypes,
  TupleElement,
  TypeModel,
} from "../../packages/codegen/dist/contract/type-model.js";
import { unionOf } from "../../packages/codegen/dist/contract/type-model.js";

export const simple = (kind: Simple): TypeModel => ({ kind });
export const STRING = simple("string");
export const NUMBER = simple("number");
export const literal = (value: string | number | boolean): TypeModel => ({ kind: "literal", value });
export const array = (element: TypeModel): TypeModel => ({ kind: "array", element });
export const union = (...types: TypeModel[]): TypeModel => unionOf(types);
export const builtin = (name: Builtin): TypeModel => ({ kind: "builtin", name });
export const ref = (name: string): TypeModel => ({ kind: "ref", name });
export const tuple = (...elements: TupleElement[]): TypeModel => ({ kind: "tuple", elements });
export const map = (key: TypeModel, value: TypeModel): TypeModel => ({ kind: "map", key, value });
export const set = (element: TypeModel): TypeModel => ({ kind: "set", element });
export const template = (texts: readonly string[], ...types: TypeModel[]): TypeModel => ({
  kind: "template",
  texts,
  types,
});

/** An object; a name that ends with `?` is that of an optional property. */
export function object(properties: Readonly<Record<string, TypeModel>>, ...index: IndexModel[]): ObjectModel {
  const models = Object.entries(properties).map(([name, type]) =>
    name.endsWith("?") ? { name: name.slice(0, -1), type, optional: true as const } : { name, type },
  );
  const sorted = models.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { kind: "object", properties: sorted, ...(index.length > 0 && { index }) };
}

/** The parameters of a task; a name that ends with `?` is that of an optional one, one that begins with `...` a rest. */
export function parameters(types: Readonly<Record<string, TypeModel>>): TupleElement[] {
  return Object.entries(types).map(([name, type]) => {
    if (name.startsWith("...")) return { name: name.slice(3), type, rest: true };
    return name.endsWith("?") ? { name: name.slice(0, -1), type, optional: true } : { name, type };
  });
}

/** What a task agrees on with its callers. */
export const taskTypes = (
  args: Readonly<Record<string, TypeModel>>,
  result: TypeModel,
  rest: Partial<Pick<TaskTypes, "errors" | "item" | "types">> = {},
): TaskTypes => ({ args: { kind: "tuple", elements: parameters(args) }, result, errors: {}, types: {}, ...rest });
