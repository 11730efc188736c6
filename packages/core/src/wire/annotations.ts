import type { CodecLimits } from "./limits.js";
import { Refusal } from "./refusal.js";
import { customReviver } from "./revivers.js";

interface SimpleType {
  /** Whether superjson would have written the value so. */
  readonly isAsWritten: (json: unknown, limits: CodecLimits) => boolean;
  readonly revive: (json: never) => unknown;
}

/** superjson's own types. Its `regexp`, `symbol`, `class`, `typed-array` and `Error` are not revived. */
const SIMPLE_TYPES: Readonly<Record<string, SimpleType>> = {
  undefined: { isAsWritten: (json) => json === null, revive: () => undefined },
  number: {
    isAsWritten: (json) => json === "NaN" || json === "Infinity" || json === "-Infinity" || json === "-0",
    revive: (json: string) => Number(json),
  },
  bigint: {
    isAsWritten: (json, limits) =>
      typeof json === "string" && json.length <= limits.maxBigintDigits + 1 && /^-?\d+$/.test(json),
    revive: (json: string) => BigInt(json),
  },
  Date: {
    // a date that is in no calendar fails later, as an Invalid Date
    isAsWritten: (json) =>
      typeof json === "string" && /^(\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(json),
    revive: (json: string) => new Date(json),
  },
  URL: { isAsWritten: (json) => typeof json === "string", revive: (json: string) => new URL(json) },
  set: { isAsWritten: Array.isArray, revive: (json: unknown[]) => new Set(json) },
  map: {
    isAsWritten: (json) =>
      Array.isArray(json) && json.every((entry: unknown) => Array.isArray(entry) && entry.length === 2),
    revive: (json: [unknown, unknown][]) => new Map(json),
  },
};

/**
 * Reads superjson's annotations: `[type]` or `[type, { path: … }]` for a place, `{ path: … }` for a root without a type.
 * What is inside a place is revived before it.
 *
 * superjson's own reader trusts them: it walks Sets from their start for every path, grows arrays to any index, and makes
 * regular expressions. This one accepts known types at places that are there, in the form in which they are written.
 */
export class AnnotationReader {
  readonly #limits: CodecLimits;

  constructor(limits: CodecLimits) {
    this.#limits = limits;
  }

  /**
   * The value that `json` stands for; changes `json`. Recursion is bounded by the depth of the annotations.
   * @throws Refusal, or whatever the built-in classes throw on data that they do not take.
   */
  revive(json: unknown, annotations: unknown): unknown {
    if (Array.isArray(annotations)) return this.#revivePlace(json, annotations);
    this.#reviveInside(json, annotations);
    return json;
  }

  #revivePlace(json: unknown, annotation: unknown): unknown {
    if (!Array.isArray(annotation) || annotation.length < 1 || annotation.length > 2) {
      throw new Refusal("has an annotation that is not a type");
    }
    const [type, paths] = annotation as readonly unknown[];
    if (annotation.length === 2) this.#reviveInside(json, paths);
    return this.#reviveAs(type, json);
  }

  #reviveAs(type: unknown, json: unknown): unknown {
    if (Array.isArray(type) && type.length === 2 && type[0] === "custom") return customReviver(type[1])(json);
    const simple = typeof type === "string" && Object.hasOwn(SIMPLE_TYPES, type) ? SIMPLE_TYPES[type] : undefined;
    if (simple === undefined) throw new Refusal("has an annotation of a type that is not revived");
    if (!simple.isAsWritten(json, this.#limits)) throw new Refusal(`has a ${type as string} of another form`);
    return simple.revive(json as never);
  }

  #reviveInside(base: unknown, paths: unknown): void {
    if (typeof paths !== "object" || paths === null || Array.isArray(paths)) {
      throw new Refusal("has annotations that are not paths");
    }
    for (const [path, annotation] of Object.entries(paths)) {
      const keys = parsePath(path);
      const last = keys.pop()!;
      const parent = keys.reduce(enter, base);
      const json = enter(parent, last);
      (parent as Record<string, unknown>)[last] = this.#revivePlace(json, annotation);
    }
  }
}

/** What stands under an own key of a plain object or an index of an array. */
function enter(place: unknown, key: string): unknown {
  const isThere = typeof place === "object" && place !== null && Object.hasOwn(place, key);
  if (!isThere || (Array.isArray(place) && key === "length")) {
    throw new Refusal("has an annotation of a place that is not there");
  }
  return (place as Readonly<Record<string, unknown>>)[key];
}

/** Keys are joined by dots; a backslash stands before a dot or a backslash that is part of a key, and nowhere else. */
function parsePath(path: string): string[] {
  if (!path.includes("\\")) return path.split(".");
  const keys: string[] = [];
  let key = "";
  for (let i = 0; i < path.length; i++) {
    const char = path[i]!;
    if (char === ".") {
      keys.push(key);
      key = "";
    } else key += char === "\\" ? escaped(path[++i]) : char;
  }
  return [...keys, key];
}

function escaped(char: string | undefined): string {
  if (char !== "." && char !== "\\") throw new Refusal("has an annotation of a place that is not there");
  return char;
}
