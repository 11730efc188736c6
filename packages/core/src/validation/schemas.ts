import { z } from "zod";
import { is } from "./custom.js";
import { counted, list, mapOf, setOf } from "./collections.js";
import { inLook } from "./look.js";
import { objectOf, type Index } from "./objects.js";
import { Part } from "./part.js";
import { report } from "./report.js";

/** A type by name: its schema, which is made when it is first asked for. */
export type Named = () => z.ZodType;

type Literal = string | number | boolean | bigint | null | undefined;

const ANY: z.ZodType = z.unknown();

function tuple(first: readonly z.ZodType[], rest?: z.ZodType, last: readonly z.ZodType[] = []): z.ZodType {
  const items = first as [z.ZodType, ...z.ZodType[]];
  if (rest === undefined) return z.tuple(items);
  return last.length === 0 ? counted(z.tuple(items, rest)) : list(first, rest, last);
}

function inlined(build: Named): Named {
  let made: z.ZodType | undefined;
  return () => (made ??= build());
}

/**
 * The types of a task as zod schemas of what the codec brings: the words of the generated `validators.ts`.
 *
 * Where zod is stricter than TypeScript, these are as TypeScript is: `number` admits NaN and the infinities, an object may
 * have further properties, and what is missing is `undefined`.
 */
export const t = {
  string: z.string() as z.ZodType,
  number: is("number", (value) => typeof value === "number"),
  boolean: z.boolean() as z.ZodType,
  bigint: z.bigint() as z.ZodType,
  null: z.null() as z.ZodType,
  undefined: z.undefined() as z.ZodType,
  /** `any` and `unknown`. */
  any: ANY,
  never: z.never() as z.ZodType,

  /** One of some values. */
  literal: (...values: Literal[]): z.ZodType => z.literal(values),

  /** A string of a pattern; `text` is the type as messages show it. */
  template: (text: string, pattern: string): z.ZodType => {
    const regex = new RegExp(pattern, "u");
    return is(text, (value) => typeof value === "string" && regex.test(value));
  },

  /** An instance of a class of the platform: `Buffer` is also a `Uint8Array`. */
  instance: (name: string): z.ZodType => {
    const { [name]: Class } = globalThis as unknown as Record<string, new () => unknown>;
    return is(name, (value) => Class !== undefined && value instanceof Class);
  },

  /** May be missing, or `undefined`. */
  optional: (type: z.ZodType): z.ZodType => z.optional(type),

  array: (element: z.ZodType): z.ZodType => counted(z.array(element)),

  /** A list of known shape; optional elements at its end may be missing. Elements of `rest` may come before those of `last`. */
  tuple,

  /** The arguments of a task. More than it has parameters are let through, as a function does: newer callers may send them. */
  args: (first: readonly z.ZodType[], rest: z.ZodType = ANY, last: readonly z.ZodType[] = []): z.ZodType =>
    tuple(first, rest, last),

  /** An object with at least these properties. */
  object: (properties: Readonly<Record<string, z.ZodType>>, ...indexes: Index[]): z.ZodType =>
    objectOf(properties, indexes),

  /** An index signature for all keys. */
  every: (value: z.ZodType): Index => ({ value }),

  /** An index signature for keys of a pattern. */
  matching: (pattern: string, value: z.ZodType): Index => ({ keys: new RegExp(pattern, "u"), value }),

  map: mapOf,
  set: setOf,
  union: (...members: z.ZodType[]): z.ZodType => z.union(members),

  /** Objects that a property tells apart. */
  tagged: (tag: string, ...members: z.ZodType[]): z.ZodType => z.discriminatedUnion(tag, members as never),

  /** A type that is made once and compiled into each place that uses it. */
  inlined,

  /** A type that is compiled once, on its own; one that contains itself must be. */
  separate: (build: Named): Named => {
    const part = new Part(build);
    return inlined(() => separate(part));
  },
} as const;

const separate = (part: Part): z.ZodType =>
  z.unknown().check((payload) =>
    inLook((look) => {
      const { value } = payload;
      const isObject = typeof value === "object" && value !== null;
      report(payload, isObject ? look.once(part, value) : part.examine(value, look));
    }),
  );
