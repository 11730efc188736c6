import { closestName } from "./closest-name.js";
import { membersOf, unionOf, type TaskTypes, type TypeModel } from "./contract/type-model.js";
import { placeOf, type Diagnostic } from "./diagnostics.js";
import type { KeyedModel, TaskModel } from "./model.js";

/** TG2011: keys that do not lead, through the types of the arguments, to something that can be a key. */
export function checkKeys(
  tasks: readonly TaskModel[],
  types: ReadonlyMap<string, TaskTypes>,
  textOf: (file: string) => string,
): Diagnostic[] {
  return tasks.flatMap(({ name, keyed = [] }) => {
    // n.b. to look at types that are kept costs time
    const own = keyed.length === 0 ? undefined : types.get(name);
    return own === undefined ? [] : keyed.flatMap((option) => checkKey(name, option, own, textOf));
  });
}

function checkKey(
  task: string,
  { option, values, written }: KeyedModel,
  types: TaskTypes,
  textOf: (file: string) => string,
): Diagnostic[] {
  if (written === undefined) return [];
  const finding = follow(values["key"] as string, written.path, types);
  if (finding === undefined) return [];
  const { file, span } = written;
  return [
    {
      code: "TG2011",
      severity: "error",
      message: `${option} of task "${task}": ${finding.message}`,
      why: "calls that are told apart by a key need one that is the same on both sides of the wire",
      fix: finding.fix,
      file,
      at: placeOf(file, textOf(file), span),
    },
  ];
}

interface Finding {
  readonly message: string;
  readonly fix: string;
}

function follow(path: string, written: string, types: TaskTypes): Finding | undefined {
  const names = path.split(".");
  const said = written.split(".");
  let type: TypeModel = types.args;
  for (const [i, name] of names.entries()) {
    const next = partOf(type, name, types);
    const where = i === 0 ? "the call" : JSON.stringify(said.slice(0, i).join("."));
    if ("fix" in next) return { ...next, message: `${where} ${next.message}` };
    type = next;
  }
  const wrong = flat(type, types).find((member) => !isKey(member));
  if (wrong === undefined) return undefined;
  const inside = wrong.kind === "object" ? wrong.properties.map(({ name }) => name) : [];
  const fix =
    inside[0] === undefined
      ? "name a text, a number or a date"
      : `name something within it, such as "${written}.${inside[0]}"`;
  return { message: `${JSON.stringify(written)} is ${describe(wrong)}, which is no key`, fix };
}

/** The members of a type, refs followed. */
function flat(type: TypeModel, types: TaskTypes): readonly TypeModel[] {
  return membersOf(type).flatMap((member) =>
    member.kind === "ref" ? flat(types.types[member.name] ?? { kind: "unknown" }, types) : [member],
  );
}

/** The type of a property, of each member that has properties. */
function partOf(type: TypeModel, name: string, types: TaskTypes): TypeModel | Finding {
  const members = flat(type, types).filter(({ kind }) => kind !== "null" && kind !== "undefined");
  const parts: TypeModel[] = [];
  for (const member of members) {
    const part = propertyOf(member, name);
    if (part === undefined) return noProperty(member, name);
    parts.push(part);
  }
  return parts.length === 0 ? { kind: "undefined" } : unionOf(parts);
}

function propertyOf(type: TypeModel, name: string): TypeModel | undefined {
  if (type.kind === "any" || type.kind === "unknown") return type;
  if (type.kind === "array") return /^\d+$/.test(name) ? type.element : undefined;
  if (type.kind === "tuple") return elementOf(type.elements, Number(name));
  if (type.kind !== "object") return undefined;
  return type.properties.find((property) => property.name === name)?.type ?? type.index?.[0]?.value;
}

function elementOf(
  elements: readonly { readonly type: TypeModel; readonly rest?: true }[],
  index: number,
): TypeModel | undefined {
  const last = elements.at(-1);
  return elements[index]?.type ?? (last?.rest === true && index >= elements.length ? last.type : undefined);
}

function noProperty(type: TypeModel, name: string): Finding {
  const names = type.kind === "object" ? type.properties.map((property) => property.name) : [];
  const close = closestName(name, names);
  const fix =
    close === undefined
      ? names.length === 0
        ? "end the key before it"
        : `it has ${names.join(", ")}`
      : `write "${close}"`;
  return { message: `is ${describe(type)}, which has no "${name}"`, fix };
}

const KEYS: ReadonlySet<TypeModel["kind"]> = new Set([
  ...(["string", "number", "boolean", "bigint", "null", "undefined", "any", "unknown", "never"] as const),
  ...(["literal", "bigint-literal", "template"] as const),
]);

const isKey = (type: TypeModel): boolean => KEYS.has(type.kind) || (type.kind === "builtin" && type.name === "Date");

const ARTICLES: Partial<Record<TypeModel["kind"], string>> = {
  object: "an object",
  array: "an array",
  tuple: "a list",
  map: "a Map",
  set: "a Set",
};

const describe = (type: TypeModel): string =>
  ARTICLES[type.kind] ?? (type.kind === "builtin" ? `a ${type.name}` : `a ${type.kind}`);
