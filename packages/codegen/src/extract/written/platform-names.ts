import { BUILTINS, type TypeModel } from "../../contract/type-model.js";

const LISTS = new Set(["Array", "ReadonlyArray"]);
const MAPS = new Set(["Map", "ReadonlyMap"]);
const SETS = new Set(["Set", "ReadonlySet"]);
const CLASSES = new Set<string>(BUILTINS);

/** Names of the platform that mean the same wherever nobody else declares them. */
export const PLATFORM_NAMES: readonly string[] = [...CLASSES, ...LISTS, ...MAPS, ...SETS, "Promise", "Record"];

/** The model of a type of the platform with these type arguments; `undefined` where syntax does not tell. */
export function platformModel(name: string, [first, second, third]: readonly TypeModel[]): TypeModel | undefined {
  if (CLASSES.has(name)) return first === undefined ? ({ kind: "builtin", name } as TypeModel) : undefined;
  if (first === undefined || third !== undefined) return undefined;
  if (LISTS.has(name)) return second === undefined ? { kind: "array", element: first } : undefined;
  if (SETS.has(name)) return second === undefined ? { kind: "set", element: first } : undefined;
  if (second === undefined) return undefined;
  if (MAPS.has(name)) return { kind: "map", key: first, value: second };
  const isDictionary = name === "Record" && first.kind === "string";
  return isDictionary ? { kind: "object", properties: [], index: [{ key: first, value: second }] } : undefined;
}
