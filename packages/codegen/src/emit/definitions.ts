import type { TaskTypes, TypeModel } from "../contract/type-model.js";
import { compareCodeUnits } from "../order.js";
import { refsOf } from "./type-parts.js";

/** A named type, and what the names within it mean. */
export interface Definition {
  /** Letters, digits, `_` and `$`; no other definition has it. */
  readonly name: string;
  readonly type: TypeModel;
  readonly scope: Scope;
}

/** What the names of one task mean. */
export interface Scope {
  definition(name: string): Definition;
}

type Types = TaskTypes["types"];

/**
 * The named types of many tasks in one namespace. Tasks that use one type share its definition; two types of one name are
 * told apart by a number, in the order in which they are asked for.
 */
export class Definitions {
  readonly #conflicts: ReadonlySet<string>;
  readonly #bySignature = new Map<string, Definition>();
  readonly #names = new Set<string>();

  constructor(tasks: Iterable<TaskTypes>) {
    this.#conflicts = conflictsOf([...tasks].map(({ types }) => types));
  }

  scope(types: Types): Scope {
    const scope: Scope = { definition: (name) => this.#definition(name, types, scope) };
    return scope;
  }

  /** Writes every definition that was asked for, and those that are asked for meanwhile; in order of their names. */
  write<T>(writeOne: (definition: Definition) => T): (readonly [name: string, written: T])[] {
    const written = new Map<string, T>();
    // n.b. a Map that grows while it is walked is walked to its new end
    for (const definition of this.#bySignature.values()) written.set(definition.name, writeOne(definition));
    return [...written].toSorted(([a], [b]) => compareCodeUnits(a, b));
  }

  #definition(name: string, types: Types, scope: Scope): Definition {
    const signature = this.#conflicts.has(name) ? JSON.stringify([name, meaningOf(name, types)]) : name;
    const known = this.#bySignature.get(signature);
    if (known !== undefined) return known;
    const definition: Definition = { name: this.#freeName(name), type: typeOf(name, types), scope };
    this.#bySignature.set(signature, definition);
    return definition;
  }

  #freeName(name: string): string {
    const base = name.replaceAll(/[^\w$]+/g, "_");
    let free = base;
    for (let number = 2; this.#names.has(free); number++) free = `${base}${number}`;
    this.#names.add(free);
    return free;
  }
}

/** What a name leads to. */
function typeOf(name: string, types: Types): TypeModel {
  if (!Object.hasOwn(types, name)) throw new Error(`the type ${name} is not defined`);
  return types[name]!;
}

/** The names that mean different things in different tasks, and those whose meaning depends on such a name. */
function conflictsOf(all: readonly Types[]): Set<string> {
  const texts = new Map<string, string>();
  const users = new Map<string, Set<string>>();
  const conflicts = new Set<string>();
  // Most tasks share theirs, which need not be compared.
  const met = new Map<TypeModel, string>();
  for (const [name, type] of all.flatMap((types) => Object.entries(types))) {
    if (met.get(type) === name) continue;
    met.set(type, name);
    const text = JSON.stringify(type);
    if (texts.has(name) && texts.get(name) !== text) conflicts.add(name);
    if (texts.get(name) === text) continue;
    texts.set(name, text);
    for (const ref of refsOf(type)) users.set(ref, (users.get(ref) ?? new Set()).add(name));
  }
  // n.b. the Set grows meanwhile
  for (const name of conflicts) for (const user of users.get(name) ?? []) conflicts.add(user);
  return conflicts;
}

/** All that a name leads to, as data that is equal where it means the same. */
function meaningOf(root: string, types: Types): [string, TypeModel][] {
  const reached = new Set([root]);
  for (const name of reached) for (const ref of refsOf(typeOf(name, types))) reached.add(ref);
  return [...reached].map((name) => [name, typeOf(name, types)]);
}
