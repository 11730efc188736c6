import type { ObjectModel, TupleElement, TupleModel, TypeModel } from "../contract/type-model.js";
import type { Scope } from "./definitions.js";
import type { Recursion } from "./recursion.js";
import { block, escapeLineEnds, propertyKey } from "./source.js";
import { keyPattern, templatePattern, templateText } from "./template-pattern.js";
import { partsOf } from "./type-parts.js";
import { admitsUndefined, definedMembers, literalText, tagOf } from "./union-parts.js";

/** The name under which a definition stands in `validators.ts`; no keyword and no import begins with a dollar. */
export const constOf = (name: string): string => `$${name}`;

/** A key of an object literal; `__proto__` would set its prototype. */
export const ownKey = (name: string): string =>
  name === "__proto__" ? '["__proto__"]' : escapeLineEnds(propertyKey(name));

const stringText = (value: string): string => escapeLineEnds(JSON.stringify(value));

/** Types of one task as source: expressions of `t` of `@taskgen/core/validators`. */
export class SchemaText {
  readonly #scope: Scope;
  readonly #recursion: Recursion;

  constructor(scope: Scope, recursion: Recursion) {
    this.#scope = scope;
    this.#recursion = recursion;
  }

  of(type: TypeModel): string {
    switch (type.kind) {
      case "unknown":
        return "t.any";
      case "literal":
      case "bigint-literal":
        return `t.literal(${literalText(type)})`;
      case "template":
        return call("template", [stringText(templateText(type)), stringText(templatePattern(type))]);
      case "builtin":
        return call("instance", [stringText(type.name)]);
      case "tuple":
        return this.list("tuple", type);
      case "object":
        return this.#object(type);
      case "union":
        return this.#union(type.members);
      case "ref":
        return `${constOf(this.#scope.definition(type.name).name)}()`;
      case "array":
      case "set":
      case "map":
        return call(type.kind, this.#all(partsOf(type)));
      default:
        return `t.${type.kind}`;
    }
  }

  /** Arguments, or a tuple within them. */
  list(word: "args" | "tuple", { elements }: TupleModel): string {
    const rest = elements.findIndex((element) => element.rest === true);
    if (rest === -1) return call(word, [this.#elements(elements)]);
    const last = elements.slice(rest + 1);
    const first = this.#elements(elements.slice(0, rest));
    return call(word, [first, this.of(elements[rest]!.type), ...(last.length === 0 ? [] : [this.#elements(last)])]);
  }

  #elements(elements: readonly TupleElement[]): string {
    return `[${elements.map((element) => this.#place(element)).join(", ")}]`;
  }

  /** A property or an element. */
  #place({ type, optional }: TupleElement): string {
    if (optional !== true && !admitsUndefined(type, this.#scope)) return this.of(type);
    return call("optional", [this.#union(definedMembers(type))]);
  }

  #object({ properties, index = [] }: ObjectModel): string {
    const members = properties.map((property) => `${ownKey(property.name)}: ${this.#place(property)},`);
    return call("object", [block(members), ...index.map(({ key, value }) => this.#index(key, value))]);
  }

  #index(key: TypeModel, value: TypeModel): string {
    const pattern = keyPattern(key);
    if (pattern === undefined) return call("every", [this.of(value)]);
    return call("matching", [stringText(pattern), this.of(value)]);
  }

  #union(members: readonly TypeModel[]): string {
    const literals = members.flatMap((member) => literalText(member) ?? []);
    const grouped = literals.length > 1 ? call("literal", literals) : undefined;
    const others = members.filter((member) => grouped === undefined || literalText(member) === undefined);
    const texts = [...(grouped === undefined ? [] : [grouped]), ...this.#others(others)];
    return texts.length === 1 ? texts[0]! : texts.length === 0 ? "t.undefined" : call("union", texts);
  }

  /** Members that are not literals: objects that a property tells apart are one of them. */
  #others(members: readonly TypeModel[]): string[] {
    const objects = members.filter((member) => this.#objectOf(member) !== undefined);
    const tag = objects.length < 2 ? undefined : tagOf(objects, (member) => this.#objectOf(member));
    if (tag === undefined) return this.#all(members);
    const others = members.filter((member) => !objects.includes(member));
    return [...this.#all(others), call("tagged", [stringText(tag), ...this.#all(objects)])];
  }

  /** The object that a type is, where its properties are there to be seen. */
  #objectOf(type: TypeModel): ObjectModel | undefined {
    if (type.kind === "object") return isOfZod(type) ? type : undefined;
    const definition = type.kind === "ref" ? this.#scope.definition(type.name) : undefined;
    if (definition?.type.kind !== "object" || this.#recursion.isSeparate(definition)) return undefined;
    return this.#objectOf(definition.type);
  }

  #all(types: readonly TypeModel[]): string[] {
    return types.map((type) => this.of(type));
  }
}

const call = (word: string, parts: readonly string[]): string => `t.${word}(${parts.join(", ")})`;

/** Whether an object is one of zod's own: those tell by a tag which of them a value is. */
const isOfZod = ({ properties, index = [] }: ObjectModel): boolean =>
  index.length === 0 && !properties.some(({ name }) => name in Object.prototype);
