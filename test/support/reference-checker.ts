import {
  BUILTINS,
  type ObjectModel,
  type TupleModel,
  type TypeModel,
} from "../../packages/codegen/dist/contract/type-model.js";

type Types = Readonly<Record<string, TypeModel>>;
type Test = (value: unknown) => boolean;

/** Whether a value without cycles is of a type: the meaning of types, told as simply as it can be, with no regard to speed. */
export function isOfType(type: TypeModel, value: unknown, types: Types): boolean {
  const is = (inner: TypeModel, of: unknown): boolean => isOfType(inner, of, types);
  switch (type.kind) {
    case "any":
    case "unknown":
      return true;
    case "never":
      return false;
    case "null":
      return value === null;
    case "literal":
      return value === type.value;
    case "bigint-literal":
      return value === BigInt(type.value);
    case "template":
      return typeof value === "string" && isOfTemplate(value, type.texts, type.types);
    case "array":
      return Array.isArray(value) && value.every((element) => is(type.element, element));
    case "tuple":
      return Array.isArray(value) && isOfTuple(type, value, is);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value) && isOfObject(type, value, is);
    case "map":
      return value instanceof Map && [...value].every(([key, of]) => is(type.key, key) && is(type.value, of));
    case "set":
      return value instanceof Set && [...value].every((member) => is(type.element, member));
    case "union":
      return type.members.some((member) => is(member, value));
    case "builtin":
      return BUILTIN_TESTS.get(type.name)!(value);
    case "ref":
      return is(types[type.name]!, value);
    default:
      return typeof value === type.kind;
  }
}

const BUILTIN_TESTS = new Map<string, Test>(
  BUILTINS.map((name) => {
    const Class = (globalThis as unknown as Record<string, new () => unknown>)[name]!;
    return [name, (value) => value instanceof Class];
  }),
);

type Is = (type: TypeModel, value: unknown) => boolean;

function isOfTuple({ elements }: TupleModel, list: readonly unknown[], is: Is): boolean {
  const at = elements.findIndex(({ rest }) => rest === true);
  if (at === -1) return list.length <= elements.length && elements.every((element, i) => isAt(element, list[i], is));
  const after = elements.length - at - 1;
  const end = Math.max(list.length - after, at);
  return (
    elements.slice(0, at).every((element, i) => isAt(element, list[i], is)) &&
    list.slice(at, end).every((value) => is(elements[at]!.type, value)) &&
    elements.slice(at + 1).every((element, i) => end + i < list.length && isAt(element, list[end + i], is))
  );
}

/** What is missing is `undefined`. */
const isAt = (place: { readonly type: TypeModel; readonly optional?: true }, value: unknown, is: Is): boolean =>
  (place.optional === true && value === undefined) || is(place.type, value);

function isOfObject({ properties, index = [] }: ObjectModel, value: object, is: Is): boolean {
  const read = (key: string): unknown =>
    key in Object.prototype && !Object.hasOwn(value, key) ? undefined : (value as Record<string, unknown>)[key];
  const names = new Set(properties.map(({ name }) => name));
  return (
    (index.length === 0 || isPlain(value)) &&
    properties.every((property) => isAt(property, read(property.name), is)) &&
    Object.keys(value)
      .filter((key) => !names.has(key))
      .every((key) => index.every((each) => !isKey(each.key, key) || is(each.value, read(key))))
  );
}

const isPlain = (value: object): boolean => Object.prototype.toString.call(value) === "[object Object]";

const isKey = (type: TypeModel, key: string): boolean =>
  type.kind === "string" ||
  (type.kind === "number" && String(Number(key)) === key) ||
  (type.kind === "template" && isOfTemplate(key, type.texts, type.types));

/** Tries every way to cut a string into the pieces of a template. */
function isOfTemplate(text: string, texts: readonly string[], types: readonly TypeModel[]): boolean {
  const [first = "", ...others] = texts;
  if (!text.startsWith(first)) return false;
  const [type, ...next] = types;
  const rest = text.slice(first.length);
  if (type === undefined) return rest === "";
  return Array.from({ length: rest.length + 1 }, (_, cut) => cut).some(
    (cut) => isPiece(type, rest.slice(0, cut)) && isOfTemplate(rest.slice(cut), others, next),
  );
}

function isPiece(type: TypeModel, text: string): boolean {
  if (type.kind === "number")
    return text.trim() === text && text !== "" && (text === "NaN" || !Number.isNaN(Number(text)));
  if (type.kind === "bigint") return /^-?\d+$/.test(text);
  return type.kind === "string";
}
