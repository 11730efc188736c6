import { partsOf, type ErrorParts } from "./error-parts.js";
import { kindOf } from "./kinds.js";
import { isReservedKey } from "./reserved-keys.js";

/** Stands for an object that has an entry of its own in a tree's table. */
export class Reference {
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }
}

/** Stands for a plain object with a reserved key, which superjson does not let pass. */
export class KeyedObject extends Map<string, unknown> {}

/** Stands for an error. Its prototype makes superjson look inside; its own properties are the parts. */
export const isErrorStandIn = (value: unknown): value is ErrorParts =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === standIn;

const standIn: object = Object.create(Error.prototype) as object;

/**
 * A copy of `value` in which no object is met twice: superjson writes shared objects out again at every place, and moves
 * members of Sets and Maps around when it restores them.
 * @param shared the objects that more than one place refers to
 * @returns without shared objects the copy itself, otherwise a table: the copy, then each shared object
 */
export function toTree(value: unknown, shared: ReadonlySet<object>): unknown {
  const copier = new Copier(shared);
  return shared.size === 0
    ? copier.copy(value)
    : [copier.copy(value), ...Array.from(shared, (object) => copier.copyInside(object))];
}

class Copier {
  readonly #indices: ReadonlyMap<object, number>;

  constructor(shared: ReadonlySet<object>) {
    this.#indices = new Map(Array.from(shared, (object, index) => [object, index + 1]));
  }

  copy(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    const index = this.#indices.get(value);
    return index === undefined ? this.copyInside(value) : new Reference(index);
  }

  copyInside(value: object): unknown {
    switch (kindOf(value)) {
      case "array":
        return Array.from(value as readonly unknown[], (item) => this.copy(item));
      case "object":
        return this.#copyProperties(value);
      case "map":
        return new Map(Array.from(value as ReadonlyMap<unknown, unknown>, ([k, v]) => [this.copy(k), this.copy(v)]));
      case "set":
        return new Set(Array.from(value as ReadonlySet<unknown>, (member) => this.copy(member)));
      case "error":
        return Object.assign(Object.create(standIn) as object, this.#copyProperties(partsOf(value as Error)));
      default:
        return value;
    }
  }

  #copyProperties(object: object): object {
    const entries = Object.entries(object).map(([key, child]) => [key, this.copy(child)] as const);
    return entries.some(([key]) => isReservedKey(key)) ? new KeyedObject(entries) : Object.fromEntries(entries);
  }
}
