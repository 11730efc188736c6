import type { ts } from "#compiler";
import { BUILTINS, type TypeModel } from "../../contract/type-model.js";
import { compareCodeUnits } from "../../order.js";

/** Names that mean something else wherever types are written. */
const TAKEN = [...BUILTINS, "Map", "Set", "Array", "Record", "Promise", "Readonly", "Partial", "Object", "Function"];

/** Whether a definition cannot have this name as it is. */
export const isTakenName = (name: string): boolean => TAKEN.includes(name);

/** The definitions of one task: types that have a name, or that need one since they contain themselves. */
export class Definitions {
  readonly #names = new Map<ts.Type, string>();
  readonly #taken = new Set<string>(TAKEN);
  readonly #models = new Map<string, TypeModel>();

  has(type: ts.Type): boolean {
    return this.#names.has(type);
  }

  /** The ref of a type; its name is chosen the first time. */
  ref(type: ts.Type, wanted: string | undefined): TypeModel {
    let name = this.#names.get(type);
    if (name === undefined) {
      name = this.#freeName(wanted);
      this.#names.set(type, name);
      this.#taken.add(name);
    }
    return { kind: "ref", name };
  }

  define(type: ts.Type, model: TypeModel): void {
    const name = this.#names.get(type);
    if (name !== undefined) this.#models.set(name, model);
  }

  /** The ref of a definition that says the same; the compiler forgets the name of a union that it has added a member to. */
  refOfSame(model: TypeModel): TypeModel | undefined {
    if (model.kind !== "union") return undefined;
    const text = JSON.stringify(model);
    const name = [...this.#models].find(([, known]) => JSON.stringify(known) === text)?.[0];
    return name === undefined ? undefined : { kind: "ref", name };
  }

  /** By name, ordered. */
  toRecord(): Record<string, TypeModel> {
    return Object.fromEntries([...this.#models].toSorted(([a], [b]) => compareCodeUnits(a, b)));
  }

  /** `Page`, `Page_2`; without a name `Rec1`, `Rec2`. */
  #freeName(wanted: string | undefined): string {
    if (wanted !== undefined && !this.#taken.has(wanted)) return wanted;
    for (let i = wanted === undefined ? 1 : 2; ; i++) {
      const name = wanted === undefined ? `Rec${i}` : `${wanted}_${i}`;
      if (!this.#taken.has(name)) return name;
    }
  }
}
