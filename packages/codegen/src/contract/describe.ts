import { definitionOf, type Definitions } from "./alternatives.js";
import type { ObjectModel, PropertyModel, TaskTypes, TupleElement, TypeModel } from "./type-model.js";

/** How a type is written for people. */
export interface DescribeOptions {
  /** A text beyond this many characters is cut, with `…` in place of what is left out. @default 120 */
  readonly maxLength?: number;
  /** Writes what these say in place of the outermost refs. @default names alone */
  readonly definitions?: Definitions;
}

/** A type as TypeScript would write it, on one line: `{ id: string; tags?: string[] } | null`. */
export function describeType(type: TypeModel, { maxLength = 120, definitions }: DescribeOptions = {}): string {
  return shorten(write(definitions === undefined ? type : spellOut(type, definitions)), maxLength);
}

/** The type with what its refs lead to, one level deep. */
function spellOut(type: TypeModel, definitions: Definitions): TypeModel {
  if (type.kind === "ref") return definitionOf(type.name, definitions);
  if (type.kind === "array") return { ...type, element: spellOut(type.element, definitions) };
  if (type.kind !== "union") return type;
  return { ...type, members: type.members.map((member) => spellOut(member, definitions)) };
}

/** A task as a function: `(orderId: string, notify?: boolean) => Receipt`; a stream as an async generator. */
export function describeTask(
  { args, item, result }: Pick<TaskTypes, "args" | "item" | "result">,
  options: DescribeOptions = {},
): string {
  const parameters = args.elements.map((element, at) => labelled({ name: `arg${at}`, ...element }));
  const returned = item === undefined ? write(result) : `AsyncGenerator<${write(item)}, ${write(result)}>`;
  return shorten(`(${parameters.join(", ")}) => ${returned}`, options.maxLength ?? 120);
}

const shorten = (text: string, maxLength: number): string =>
  text.length <= maxLength ? text : `${text.slice(0, maxLength - 1).trimEnd()}…`;

function write(type: TypeModel): string {
  switch (type.kind) {
    case "literal":
      return JSON.stringify(type.value);
    case "bigint-literal":
      return `${type.value}n`;
    case "template":
      return writeTemplate(type.texts, type.types);
    case "array":
      return `${type.element.kind === "union" ? `(${write(type.element)})` : write(type.element)}[]`;
    case "tuple":
      return `[${type.elements.map(writeElement).join(", ")}]`;
    case "object":
      return writeObject(type);
    case "map":
      return `Map<${write(type.key)}, ${write(type.value)}>`;
    case "set":
      return `Set<${write(type.element)}>`;
    case "union":
      return writeUnion(type.members);
    case "builtin":
    case "ref":
      return type.name;
    default:
      return type.kind;
  }
}

/** `null` and `undefined` last, as people write them. */
const writeUnion = (members: readonly TypeModel[]): string =>
  [...members.filter((type) => !isNothing(type)), ...members.filter(isNothing)].map(write).join(" | ");

const isNothing = ({ kind }: TypeModel): boolean => kind === "null" || kind === "undefined";

const writeTemplate = (texts: readonly string[], types: readonly TypeModel[]): string =>
  `\`${texts.map((text, at) => text + (types[at] === undefined ? "" : `\${${write(types[at])}}`)).join("")}\``;

function writeElement(element: TupleElement): string {
  if (element.name !== undefined) return labelled({ ...element, name: element.name });
  if (element.rest) return `...${write({ kind: "array", element: element.type })}`;
  return `${write(element.type)}${element.optional ? "?" : ""}`;
}

function labelled({ name, type, optional, rest }: TupleElement & { readonly name: string }): string {
  if (rest) return `...${name}: ${write({ kind: "array", element: type })}`;
  return `${name}${optional ? "?" : ""}: ${write(type)}`;
}

function writeObject({ properties, index = [] }: ObjectModel): string {
  const members = [
    ...properties.map(writeProperty),
    ...index.map(({ key, value }) => `[key: ${write(key)}]: ${write(value)}`),
  ];
  return members.length === 0 ? "{}" : `{ ${members.join("; ")} }`;
}

const writeProperty = ({ name, type, optional }: PropertyModel): string =>
  `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)}${optional ? "?" : ""}: ${write(type)}`;
