import type {
  Builtin,
  IndexModel,
  ObjectModel,
  PropertyModel,
  TupleElement,
  TupleModel,
  TypeModel,
} from "../contract/type-model.js";
import { membersOf, unionOf } from "../contract/type-model.js";
import { block, escapeLineEnds, indent, propertyKey } from "./source.js";

/** Longer lists are printed one item a line. */
const LINE = 100;

/** Items in brackets, with commas; on one line where they fit. */
export function listText(open: string, items: readonly string[], close: string): string {
  const line = `${open}${items.join(", ")}${close}`;
  if (line.length <= LINE && !line.includes("\n")) return line;
  return `${open}\n${indent(items.join(",\n"))},\n${close}`.replace(/,(\n>)$/, "$1");
}

/**
 * `plain` is for use. `received` is for comparison with what a task returns: lists, maps and sets that nobody changes, and
 * `void` for `undefined`, to both of which everything is assignable that is to their plain forms.
 */
export type TypeStyle = "plain" | "received";

/** Prints types as TypeScript that needs nothing but the language's own library. */
export class TypePrinter {
  /** Classes of the platform in what was printed so far. */
  readonly builtins = new Set<Builtin>();
  readonly #names: ReadonlyMap<string, string>;
  readonly #isReceived: boolean;

  /** @param names under which definitions are declared */
  constructor(names: ReadonlyMap<string, string>, style: TypeStyle = "plain") {
    this.#names = names;
    this.#isReceived = style === "received";
  }

  print(type: TypeModel): string {
    switch (type.kind) {
      case "literal":
        return literalText(type.value);
      case "bigint-literal":
        return `${type.value}n`;
      case "template":
        return this.#template(type.texts, type.types);
      case "array":
        return this.#list(`${this.#operand(type.element)}[]`);
      case "tuple":
        return this.#list(this.#tuple(type));
      case "object":
        return this.#object(type);
      case "map":
        return this.#collection(`Map<${this.print(type.key)}, ${this.print(type.value)}>`);
      case "set":
        return this.#collection(`Set<${this.print(type.element)}>`);
      case "union":
        return type.members
          .toSorted(emptyLast)
          .map((member) => this.print(member))
          .join(" | ");
      case "builtin":
        this.builtins.add(type.name);
        return type.name;
      case "ref":
        return this.#nameOf(type.name);
      case "undefined":
        return this.#isReceived ? "void" : type.kind;
      default:
        return type.kind;
    }
  }

  /** A definition: an interface where the language allows one, which editors show by its name. */
  declare(definition: string, type: TypeModel): string {
    const name = this.#nameOf(definition);
    if (type.kind !== "object" || partsOf(type).length > 1) return `export type ${name} = ${this.print(type)};`;
    return `export interface ${name} ${block(this.#members(type))}`;
  }

  #list(text: string): string {
    return this.#isReceived ? `readonly ${text}` : text;
  }

  #collection(text: string): string {
    return this.#isReceived ? `Readonly${text}` : text;
  }

  #nameOf(definition: string): string {
    const name = this.#names.get(definition);
    if (name === undefined) throw new Error(`there is no definition of the type "${definition}"`);
    return name;
  }

  #template(texts: readonly string[], types: readonly TypeModel[]): string {
    const parts = texts.map((text, i) => {
      const type = types[i];
      return escapeTemplate(text) + (type === undefined ? "" : `\${${this.print(type)}}`);
    });
    return `\`${parts.join("")}\``;
  }

  #tuple({ elements }: TupleModel): string {
    return listText(
      "[",
      elements.map((element, i) => this.#element(isFollowed(elements, i) ? required(element) : element)),
      "]",
    );
  }

  #element({ name, type, optional, rest }: TupleElement): string {
    const label = name !== undefined && isLabel(name) ? name : undefined;
    if (rest === true) return `...${label === undefined ? "" : `${label}: `}${this.#operand(type)}[]`;
    if (label !== undefined) return `${label}${optional === true ? "?" : ""}: ${this.print(type)}`;
    return optional === true ? `${this.#operand(type)}?` : this.print(type);
  }

  #object(type: ObjectModel): string {
    return partsOf(type)
      .map((part) => braces(this.#members(part)))
      .join(" & ");
  }

  #members({ properties, index = [] }: ObjectModel): string[] {
    return [
      ...index.map(({ key, value }) => `[key: ${this.print(key)}]: ${this.print(value)};`),
      ...properties.map(
        ({ name, type, optional }) =>
          `${escapeLineEnds(propertyKey(name))}${optional === true ? "?" : ""}: ${this.print(type)};`,
      ),
    ];
  }

  /** A type where something that binds more tightly follows. */
  #operand(type: TypeModel): string {
    const isCompound =
      type.kind === "union" ||
      (type.kind === "object" && partsOf(type).length > 1) ||
      (this.#isReceived && (type.kind === "array" || type.kind === "tuple"));
    return isCompound ? `(${this.print(type)})` : this.print(type);
  }
}

const braces = (members: readonly string[]): string => {
  const line = members.length === 0 ? "{}" : `{ ${members.join(" ").replace(/;$/, "")} }`;
  return line.length > LINE || line.includes("\n") ? block(members) : line;
};

/** Whether something that is required comes after an element. */
const isFollowed = (elements: readonly TupleElement[], at: number): boolean =>
  elements.some(({ optional, rest }, i) => i > at && optional !== true && rest !== true);

/** An optional element where the language allows none. */
const required = ({ optional, ...element }: TupleElement): TupleElement =>
  optional === true ? { ...element, type: unionOf([element.type, { kind: "undefined" }]) } : element;

/** Infinity and NaN have no literal types. */
const literalText = (value: string | number | boolean): string =>
  typeof value === "number" && !Number.isFinite(value) ? "number" : escapeLineEnds(JSON.stringify(value));

const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r" };

const escapeTemplate = (text: string): string =>
  escapeLineEnds(text.replace(/[\\`]|\$(?=\{)/g, "\\$&")).replace(/[\n\r]/g, (end) => ESCAPES[end] as string);

const isLabel = (name: string): boolean => /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name);

/** `string | null`, not `null | string`. */
const emptyLast = (a: TypeModel, b: TypeModel): number => Number(isEmpty(a)) - Number(isEmpty(b));

const isEmpty = ({ kind }: TypeModel): boolean => kind === "null" || kind === "undefined";

/**
 * An object as one or more whose intersection it is: `{ a: number } & Record<string, string>` cannot be written with one
 * pair of braces, since an index signature must admit every property beside it.
 */
function partsOf(type: ObjectModel): readonly ObjectModel[] {
  const { properties, index = [] } = type;
  if (index.length === 0 || (index.length === 1 && properties.length === 0)) return [type];
  const isOne = index.every(
    ({ value }) => properties.every((property) => admits(value, property)) && sameValues(index),
  );
  if (isOne) return [type];
  const alone = index.map((one): ObjectModel => ({ kind: "object", properties: [], index: [one] }));
  return properties.length === 0 ? alone : [{ kind: "object", properties }, ...alone];
}

const sameValues = (index: readonly IndexModel[]): boolean =>
  new Set(index.map(({ value }) => JSON.stringify(value))).size === 1;

/** Whether every member of a property's type is one of `value`; false where only the compiler could tell. */
function admits(value: TypeModel, { type, optional }: PropertyModel): boolean {
  if (value.kind === "any" || value.kind === "unknown") return true;
  const admitted = new Set(membersOf(value).map((member) => JSON.stringify(member)));
  const held = [...membersOf(type), ...(optional === true ? [{ kind: "undefined" } as const] : [])];
  return held.every((member) => admitted.has(JSON.stringify(member)));
}
