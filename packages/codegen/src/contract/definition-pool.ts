import { compareCodeUnits } from "../order.js";
import { definitionOf, type Definitions } from "./alternatives.js";
import { canonicalType } from "./canonical.js";
import { reachableNames, rewrite, rewriteSignature, type Signature } from "./rewrite.js";
import { TypeGraph } from "./type-graph.js";
import type { TaskTypes, TypeModel } from "./type-model.js";

/**
 * The definitions of many tasks as one table: equal ones of one name are one, and others of a name that is taken are called
 * `Page_2`, `Page_3` … The table depends on the order in which tasks come, and on nothing else.
 */
export class DefinitionPool {
  readonly #definitions = new Map<string, TypeModel>();
  /** Names in this table by original name and canonical form. */
  readonly #names = new Map<string, string>();
  /** Names in this table by original name, of all definitions of a task, by their text: many tasks share theirs. */
  readonly #adopted = new Map<string, ReadonlyMap<string, string>>();

  /** The types of a task in terms of this table. */
  adopt(types: TaskTypes): Signature {
    const own = reachableNames(types, types.types).map((name) => [name, definitionOf(name, types.types)] as const);
    const text = JSON.stringify(own);
    const names = this.#adopted.get(text) ?? this.#adoptAll(new Map(own));
    this.#adopted.set(text, names);
    return rewriteSignature(types, (name) => names.get(name) ?? name);
  }

  #adoptAll(own: ReadonlyMap<string, TypeModel>): ReadonlyMap<string, string> {
    const graph = new TypeGraph(Object.fromEntries(own));
    const names = new Map<string, string>();
    const added: string[] = [];
    for (const name of own.keys()) {
      const key = JSON.stringify([baseName(name), canonicalType({ kind: "ref", name }, graph)]);
      const known = this.#names.get(key);
      names.set(name, known ?? this.#reserve(name, key));
      if (known === undefined) added.push(name);
    }
    const rename = (name: string): string => names.get(name) ?? name;
    for (const name of added) this.#definitions.set(rename(name), rewrite(own.get(name) as TypeModel, rename));
    return names;
  }

  /** The table, by name. */
  get definitions(): Definitions {
    return Object.fromEntries([...this.#definitions].toSorted(([a], [b]) => compareCodeUnits(a, b)));
  }

  #reserve(name: string, key: string): string {
    let free = name;
    for (let count = 2; this.#definitions.has(free); count++) free = `${baseName(name)}_${count}`;
    this.#definitions.set(free, { kind: "never" });
    this.#names.set(key, free);
    return free;
  }
}

/** What a name was before it was told from others. */
const baseName = (name: string): string => name.replace(/_\d+$/, "");
