import type { z } from "zod";
import type { Part } from "./part.js";

/** What zod says of a value that does not fit. */
export type Found = z.core.$ZodIssue;

/** What a look at a value is for: whether it fits, the first thing that does not, or everything that does not. */
export type Purpose = "verdict" | "first" | "all";

export const NOTHING: readonly Found[] = [];

/** Elements and entries that one look visits: far more than a message holds, unless its parts share theirs without measure. */
const MAX_VISITS = 50_000_000;

/**
 * One look at the arguments of one task. Remembers what was found of each object, so that a value with cycles comes to an
 * end, and one whose parts are shared is not walked once for every way through it.
 */
export class Look {
  readonly purpose: Purpose;
  readonly #known = new Map<Part, Map<object, readonly Found[]>>();
  /** What was found to fit, in order. */
  readonly #accepted: (readonly [known: Map<object, readonly Found[]>, value: object])[] = [];
  #visits = 0;

  constructor(purpose: Purpose) {
    this.purpose = purpose;
  }

  /** What a part finds in a value, asked once. An object within itself fits as long as nothing else is known of it. */
  once(part: Part, value: object): readonly Found[] {
    const known = this.#knownOf(part);
    const before = known.get(value);
    if (before !== undefined) return before;
    known.set(value, NOTHING);
    const start = this.#accepted.length;
    const found = part.examine(value, this);
    known.set(value, found);
    if (found.length > 0) this.#forget(start);
    else this.#accepted.push([known, value]);
    return found;
  }

  /** Counts the elements of a list that is walked. @throws RangeError when it is too much. */
  count(elements: number): void {
    this.#visits += elements;
    if (this.#visits > MAX_VISITS) throw new RangeError("too many parts");
  }

  #knownOf(part: Part): Map<object, readonly Found[]> {
    const known = this.#known.get(part) ?? new Map<object, readonly Found[]>();
    this.#known.set(part, known);
    return known;
  }

  /** What was accepted while a value was taken to fit that does not: another member of a union asks again. */
  #forget(start: number): void {
    for (const [known, value] of this.#accepted.splice(start)) known.delete(value);
  }
}

let current: Look | undefined;

/**
 * Looks at a value. Checks within schemas have no other way to know which look they belong to; a look is synchronous, so
 * there is one at a time.
 */
export function look<T>(purpose: Purpose, at: (look: Look) => T): T {
  const outer = current;
  const own = new Look(purpose);
  current = own;
  try {
    return at(own);
  } finally {
    current = outer;
  }
}

/** The look that is under way; one of its own for a schema that is used without a validator. */
export const inLook = <T>(at: (look: Look) => T): T => (current === undefined ? look("all", at) : at(current));
