import { isReservedKey } from "./reserved-keys.js";
import { kindOf, type Kind } from "./kinds.js";
import type { CodecLimits } from "./limits.js";
import { reasonAgainst } from "./reason-against.js";
import { Refusal, type Step } from "./refusal.js";

/**
 * One walk over a value that finds the first thing in it that cannot travel, and the objects that are met more than once.
 * Its recursion is bounded by `maxDepth`.
 */
export class Inspection {
  /** Objects that more than one place refers to; cycles among them. */
  readonly shared = new Set<object>();
  readonly #seen = new Set<object>();
  readonly #steps: Step[] = [];
  readonly #limits: CodecLimits;
  #depth = 0;
  #nodes = 0;

  constructor(limits: CodecLimits) {
    this.#limits = limits;
  }

  /** @throws Refusal */
  visit(value: unknown): void {
    if (typeof value === "object" && value !== null) this.#read(value);
    else if (typeof value === "function") this.#refuse("is a function, which cannot travel; pass data instead");
    else if (typeof value === "symbol") this.#refuse("is a symbol, which cannot travel; pass a string instead");
    else if (typeof value === "bigint") this.#checkDigits(value);
  }

  /** A getter or a proxy may throw anything. */
  #read(value: object): void {
    try {
      this.#visitObject(value);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      this.#refuse(`cannot be read: ${error instanceof Error ? error.message : "a getter or proxy threw"}`);
    }
  }

  #visitObject(value: object): void {
    if (this.#seen.has(value)) {
      this.shared.add(value);
      return;
    }
    this.#seen.add(value);
    const kind = kindOf(value);
    if (kind === undefined || (kind === "leaf" && isInvalidDate(value))) this.#refuse(reasonAgainst(value));
    if (kind === "leaf") return;
    if (++this.#depth > this.#limits.maxDepth) this.#refuse(`nests deeper than ${this.#limits.maxDepth} levels`);
    this.#visitInside(value, kind);
    this.#depth--;
  }

  #visitInside(value: object, kind: Exclude<Kind, "leaf">): void {
    switch (kind) {
      case "array":
        return this.#visitItems(value as readonly unknown[]);
      case "object":
        return this.#visitProperties(value);
      case "map":
        return this.#visitEntries(value as ReadonlyMap<unknown, unknown>);
      case "set":
        return this.#visitMembers(value as ReadonlySet<unknown>);
      case "error":
        return this.#visitError(value);
    }
    kind satisfies never;
  }

  #visitItems(items: readonly unknown[]): void {
    this.#refuseToJson(items);
    this.#count(items.length);
    for (let i = 0; i < items.length; i++) {
      if (items[i] === undefined && !Object.hasOwn(items, i)) {
        this.#refuseAt(i, "is a hole in an array, which cannot travel; fill it, with undefined for instance");
      }
      this.#visitAt(i, items[i]);
    }
  }

  #visitProperties(object: object): void {
    this.#refuseToJson(object);
    this.#refuseSymbolKeys(object);
    const keys = Object.keys(object);
    this.#count(keys.length);
    for (const key of keys) {
      const child = (object as Record<string, unknown>)[key];
      if (isReservedKey(key)) this.#checkReserved(key, child);
      this.#visitAt(key, child);
    }
  }

  #visitEntries(map: ReadonlyMap<unknown, unknown>): void {
    this.#count(map.size * 2);
    let at = 0;
    for (const [key, value] of map) {
      this.#visitAt({ of: "keys", at }, key);
      this.#visitAt({ of: "values", at }, value);
      at++;
    }
  }

  #visitMembers(set: ReadonlySet<unknown>): void {
    this.#count(set.size);
    let at = 0;
    for (const member of set) this.#visitAt({ of: "values", at: at++ }, member);
  }

  /** What an error's class wrote on it, and the two standard properties that hold other values. */
  #visitError(error: object): void {
    const keys = new Set([...Object.keys(error), "cause", "errors"].filter((key) => Object.hasOwn(error, key)));
    this.#count(keys.size);
    for (const key of keys) {
      const child = (error as Record<string, unknown>)[key];
      if (isReservedKey(key)) this.#checkReserved(key, child);
      this.#visitAt(key, child);
    }
  }

  #visitAt(step: Step, child: unknown): void {
    this.#steps.push(step);
    this.visit(child);
    this.#steps.pop();
  }

  #count(children: number): void {
    this.#nodes += children;
    if (this.#nodes > this.#limits.maxNodes) this.#refuse(`brings the values to more than ${this.#limits.maxNodes}`);
  }

  #checkDigits(value: bigint): void {
    const digits = this.#limits.maxBigintDigits;
    // a digit is more than 3 bits: only what is longer is compared with the power of ten
    if (BigInt.asIntN(digits * 3, value) === value) return;
    const bound = 10n ** BigInt(digits);
    if (value >= bound || value <= -bound) this.#refuse(`is a bigint of more than ${digits} digits`);
  }

  /** `constructor` and `prototype` are names like others; one within the other is the way to every object's prototype. */
  #checkReserved(key: string, child: unknown): void {
    if (key === "__proto__") this.#refuseAt(key, "is a key that cannot travel; give it another name");
    if (key === "constructor" && typeof child === "object" && child !== null && Object.hasOwn(child, "prototype")) {
      this.#refuseAt(key, "leads to a key prototype, which together cannot travel; rename one");
    }
  }

  #refuseToJson(value: object): void {
    if (typeof (value as { toJSON?: unknown }).toJSON !== "function") return;
    this.#refuse("has a toJSON method, which would replace it; pass what the method returns");
  }

  #refuseSymbolKeys(value: object): void {
    const symbol = Object.getOwnPropertySymbols(value).find((key) =>
      Object.prototype.propertyIsEnumerable.call(value, key),
    );
    if (symbol === undefined) return;
    this.#refuse(`has the key ${String(symbol)}, a symbol, which cannot travel; use a string`);
  }

  #refuseAt(step: Step, reason: string): never {
    this.#steps.push(step);
    this.#refuse(reason);
  }

  #refuse(reason: string): never {
    throw new Refusal(reason, [...this.#steps]);
  }
}

const isInvalidDate = (value: object): boolean => value instanceof Date && Number.isNaN(value.getTime());
