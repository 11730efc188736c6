import type { TypeModel } from "../contract/type-model.js";
import type { Definition, Scope } from "./definitions.js";
import { partsOf, refsOf } from "./type-parts.js";

/** Types within a definition up to which it is compiled into each place that uses it. */
const LARGEST_INLINED = 100;

/** Tells which definitions are compiled on their own. */
export class Recursion {
  readonly #separate = new Map<Definition, boolean>();
  readonly #sizes = new Map<Definition, number>();

  /** Whether a definition contains itself, or is too large to be compiled into each place that uses it. */
  isSeparate(definition: Definition): boolean {
    const known = this.#separate.get(definition);
    if (known !== undefined) return known;
    const isSeparate = containsItself(definition) || this.#size(definition.type, definition.scope) > LARGEST_INLINED;
    this.#separate.set(definition, isSeparate);
    return isSeparate;
  }

  #size(type: TypeModel, scope: Scope): number {
    if (type.kind !== "ref") return partsOf(type).reduce((sum, part) => sum + this.#size(part, scope), 1);
    const definition = scope.definition(type.name);
    if (this.isSeparate(definition)) return 1;
    const size = this.#sizes.get(definition) ?? this.#size(definition.type, definition.scope);
    this.#sizes.set(definition, size);
    return size;
  }
}

function containsItself(definition: Definition): boolean {
  const reached = new Set(usedBy(definition));
  for (const next of reached) for (const used of usedBy(next)) reached.add(used);
  return reached.has(definition);
}

const usedBy = ({ type, scope }: Definition): Definition[] => refsOf(type).map((name) => scope.definition(name));
