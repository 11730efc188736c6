import type { ObjectModel, TupleElement, TupleModel, TypeModel } from "../contract/type-model.js";
import type { Scope } from "./definitions.js";
import { keyPattern, templatePattern } from "./template-pattern.js";
import { admitsUndefined, definedMembers } from "./union-parts.js";

/** A JSON Schema, or a part of one. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** Types of one task as JSON Schemas. */
export class JsonSchemaOf {
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  of(type: TypeModel): JsonSchema {
    switch (type.kind) {
      case "string":
      case "number":
      case "boolean":
      case "null":
        return { type: type.kind };
      case "any":
      case "unknown":
        return {};
      case "never":
        return { not: {} };
      case "literal":
        return { const: type.value };
      case "template":
        return { type: "string", pattern: templatePattern(type, { isSimple: true }) };
      case "array":
        return { type: "array", items: this.of(type.element) };
      case "tuple":
        return this.#list(type, false);
      case "object":
        return this.#object(type);
      case "union":
        return this.#union(type.members);
      case "ref":
        return { $ref: `#/$defs/${this.#scope.definition(type.name).name}` };
      default:
        return this.#beyondJson(type);
    }
  }

  /** Arguments: more than there are parameters are let through. */
  args(args: TupleModel): JsonSchema {
    return this.#list(args, true);
  }

  #beyondJson(type: TypeModel): JsonSchema {
    switch (type.kind) {
      case "bigint-literal":
        return { "x-taskgen-type": "bigint", "x-taskgen-const": type.value };
      case "builtin":
        return { "x-taskgen-type": type.name };
      case "map":
        return { "x-taskgen-type": "Map", "x-taskgen-arguments": [this.of(type.key), this.of(type.value)] };
      case "set":
        return { "x-taskgen-type": "Set", "x-taskgen-arguments": [this.of(type.element)] };
      default:
        return { "x-taskgen-type": type.kind };
    }
  }

  /** Elements that follow a rest are not told one by one: JSON Schema counts from the start alone. */
  #list({ elements }: TupleModel, isOpen: boolean): JsonSchema {
    const at = elements.findIndex(({ rest }) => rest === true);
    const first = at === -1 ? elements : elements.slice(0, at);
    const others = at === -1 ? [] : elements.slice(at).map(({ type }) => this.of(type));
    const required = elements.filter((element, index) => index !== at && !this.#mayBeMissing(element)).length;
    return {
      type: "array",
      ...(first.length > 0 && { prefixItems: first.map((element) => this.#element(element)) }),
      ...(required > 0 && { minItems: required }),
      ...(others.length > 0 ? { items: anyOf(others) } : !isOpen && { items: false }),
    };
  }

  #element(element: TupleElement): JsonSchema {
    const { name } = element;
    return { ...(name !== undefined && { title: name }), ...this.#place(element) };
  }

  #object({ properties, index = [] }: ObjectModel): JsonSchema {
    const required = properties.filter((property) => !this.#mayBeMissing(property)).map(({ name }) => name);
    const known = properties.map((property) => [property.name, this.#place(property)] as const);
    return {
      type: "object",
      ...(known.length > 0 && { properties: Object.fromEntries(known) }),
      ...(required.length > 0 && { required }),
      ...this.#index(index),
    };
  }

  #index(index: NonNullable<ObjectModel["index"]>): JsonSchema {
    const patterns = index.flatMap(({ key, value }) => {
      const pattern = keyPattern(key, { isSimple: true });
      return pattern === undefined ? [] : [[pattern, this.of(value)] as const];
    });
    const every = index.find(({ key }) => keyPattern(key) === undefined);
    return {
      ...(patterns.length > 0 && { patternProperties: Object.fromEntries(patterns) }),
      ...(every !== undefined && { additionalProperties: this.of(every.value) }),
    };
  }

  /** What stands at a place that is not missing. */
  #place(place: TupleElement): JsonSchema {
    return this.#mayBeMissing(place) ? this.#union(definedMembers(place.type)) : this.of(place.type);
  }

  #mayBeMissing({ type, optional }: TupleElement): boolean {
    return optional === true || admitsUndefined(type, this.#scope);
  }

  #union(members: readonly TypeModel[]): JsonSchema {
    const values = members.flatMap((member) =>
      member.kind === "literal" ? [member.value] : member.kind === "null" ? [null] : [],
    );
    if (values.length > 1 && values.length === members.length) return { enum: values };
    return members.length === 0 ? { "x-taskgen-type": "undefined" } : anyOf(members.map((member) => this.of(member)));
  }
}

const anyOf = (schemas: readonly JsonSchema[]): JsonSchema => (schemas.length === 1 ? schemas[0]! : { anyOf: schemas });
