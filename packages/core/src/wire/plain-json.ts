import type { CodecLimits } from "./limits.js";
import { plainKindOf } from "./plain-kinds.js";
import { isReservedKey } from "./reserved-keys.js";

/** From here on a Set finds an object faster than a search through an array does. */
const FEW = 12;

/** The value as plain JSON; `undefined` where that would lose something or is beyond the limits. */
export function plainText(value: unknown, limits: CodecLimits): string | undefined {
  if (!isPlainJson(value, limits)) return undefined;
  const text = JSON.stringify(value);
  const isSmall = text.length * 3 <= limits.maxBytes || Buffer.byteLength(text) <= limits.maxBytes;
  return isSmall ? text : undefined;
}

/**
 * True when `JSON.stringify` loses nothing of `value` and no limit is near. False says only that someone must look closer.
 * This is the hot path of every call and every result.
 */
export function isPlainJson(value: unknown, limits: CodecLimits): boolean {
  try {
    return new PlainJsonCheck(limits).accepts(value, 1);
  } catch {
    // a getter or a proxy threw
    return false;
  }
}

class PlainJsonCheck {
  readonly #limits: CodecLimits;
  readonly #few: object[] = [];
  #many: Set<object> | undefined;
  #nodes = 0;

  constructor(limits: CodecLimits) {
    this.#limits = limits;
  }

  accepts(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case "string":
      case "boolean":
        return true;
      case "number":
        // NaN and the infinities become null in JSON, -0 becomes 0
        return value - value === 0 && (value !== 0 || 1 / value > 0);
      case "object":
        return value === null || this.#acceptsObject(value, depth);
      default:
        return false;
    }
  }

  #acceptsObject(value: object, depth: number): boolean {
    if (depth > this.#limits.maxDepth || this.#isKnown(value)) return false;
    const kind = plainKindOf(value);
    if (kind === undefined) return false;
    if (typeof (value as { toJSON?: unknown }).toJSON === "function") return false;
    return kind === "array"
      ? this.#acceptsItems(value as readonly unknown[], depth)
      : this.#acceptsProperties(value as Readonly<Record<string, unknown>>, depth);
  }

  #acceptsItems(items: readonly unknown[], depth: number): boolean {
    this.#nodes += items.length;
    if (this.#nodes > this.#limits.maxNodes) return false;
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      if (typeof item !== "string" && !this.accepts(item, depth + 1)) return false;
    }
    return true;
  }

  #acceptsProperties(object: Readonly<Record<string, unknown>>, depth: number): boolean {
    const keys = Object.keys(object);
    this.#nodes += keys.length;
    if (this.#nodes > this.#limits.maxNodes || Object.getOwnPropertySymbols(object).length > 0) return false;
    for (const key of keys) {
      if (isReservedKey(key) || !this.accepts(object[key], depth + 1)) return false;
    }
    return true;
  }

  /** Remembers the object. A second sight of it is a shared reference or a cycle. */
  #isKnown(value: object): boolean {
    if (this.#many === undefined && this.#few.length < FEW) {
      if (this.#few.includes(value)) return true;
      this.#few.push(value);
      return false;
    }
    this.#many ??= new Set(this.#few);
    const known = this.#many.size;
    return this.#many.add(value).size === known;
  }
}
