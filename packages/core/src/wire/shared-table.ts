import { kindOf } from "./kinds.js";
import { Refusal } from "./refusal.js";
import { Reference } from "./tree.js";

/**
 * Undoes the table of `toTree`, in place.
 * @param table came over the wire
 * @throws Refusal when it is no table or a reference leads nowhere.
 */
export function fromTable(table: unknown): unknown {
  if (!Array.isArray(table)) throw new Refusal("has shared objects but no table of them");
  const linker = new Linker(table);
  const [root] = table.map((entry: unknown) => linker.resolve(entry));
  return root;
}

/** Its recursion is bounded by the depth of the text: it does not follow what it has put in. */
class Linker {
  readonly #table: readonly unknown[];

  constructor(table: readonly unknown[]) {
    this.#table = table;
  }

  resolve(value: unknown): unknown {
    if (value instanceof Reference) return this.#target(value);
    if (typeof value === "object" && value !== null) this.#link(value);
    return value;
  }

  #target({ index }: Reference): unknown {
    const target = index > 0 ? this.#table[index] : undefined;
    if (typeof target !== "object" || target === null || target instanceof Reference) {
      throw new Refusal("refers to a shared object that is not there");
    }
    return target;
  }

  #link(value: object): void {
    switch (kindOf(value)) {
      case "array":
        return this.#linkItems(value as unknown[]);
      case "object":
        return this.#linkProperties(value, Object.keys(value));
      case "map":
        return this.#linkEntries(value as Map<unknown, unknown>);
      case "set":
        return this.#linkMembers(value as Set<unknown>);
      case "error":
        return this.#linkProperties(value, [...Object.keys(value), "cause", "errors"]);
      default:
    }
  }

  #linkItems(items: unknown[]): void {
    for (let i = 0; i < items.length; i++) items[i] = this.resolve(items[i]);
  }

  #linkProperties(object: object, keys: readonly string[]): void {
    for (const key of keys) {
      const property = Object.getOwnPropertyDescriptor(object, key);
      if (property === undefined) continue;
      Object.defineProperty(object, key, { ...property, value: this.resolve(property.value) });
    }
  }

  /** All entries leave and come back, so that their order stays. */
  #linkEntries(map: Map<unknown, unknown>): void {
    const entries = [...map];
    map.clear();
    for (const [key, value] of entries) map.set(this.resolve(key), this.resolve(value));
  }

  #linkMembers(set: Set<unknown>): void {
    const members = [...set];
    set.clear();
    for (const member of members) set.add(this.resolve(member));
  }
}
