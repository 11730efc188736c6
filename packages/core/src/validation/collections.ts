import type { z } from "zod";
import { is } from "./custom.js";
import { inLook, type Found } from "./look.js";
import { Part } from "./part.js";
import { isEnough, report } from "./report.js";

/** A Map. An entry's place is its key where that can stand in a path, otherwise its number. */
export function mapOf(keyType: z.ZodType, valueType: z.ZodType): z.ZodType {
  const [keys, values] = [new Part(() => keyType), new Part(() => valueType)];
  return is("Map", (value) => value instanceof Map).check((payload) =>
    inLook((look) => {
      const map = payload.value as ReadonlyMap<unknown, unknown>;
      look.count(map.size);
      let at = 0;
      for (const [key, value] of map) {
        const place = typeof key === "string" || typeof key === "number" ? key : at;
        report(payload, asKey(keys.examine(key, look), key), place);
        report(payload, values.examine(value, look), place);
        if (isEnough(payload, look)) return;
        at++;
      }
    }),
  );
}

/** Issues of a key, which has no place of its own in a path. */
const asKey = (issues: readonly Found[], key: unknown): Found[] =>
  issues.length === 0
    ? []
    : [{ code: "invalid_key", origin: "map", issues: [...issues], path: [], message: "", input: key as never }];

/** A Set. A member's place is its number. */
export function setOf(memberType: z.ZodType): z.ZodType {
  const members = new Part(() => memberType);
  return is("Set", (value) => value instanceof Set).check((payload) =>
    inLook((look) => {
      const set = payload.value as ReadonlySet<unknown>;
      look.count(set.size);
      let at = 0;
      for (const member of set) {
        report(payload, members.examine(member, look), at++);
        if (isEnough(payload, look)) return;
      }
    }),
  );
}

/** An array, whose elements are counted before zod walks it. */
export const counted = (array: z.ZodType): z.ZodType =>
  is("array", (value) => {
    if (!Array.isArray(value)) return false;
    inLook((look) => look.count(value.length));
    return true;
  }).pipe(array);

/** An array of which the first and the last elements are known, with any number of others between them. */
export function list(first: readonly z.ZodType[], rest: z.ZodType, last: readonly z.ZodType[]): z.ZodType {
  const [starts, middle, ends] = [first.map(partOf), partOf(rest), last.map(partOf)];
  const least = first.length + last.length;
  return is("array", Array.isArray)
    .check(({ value, issues }) => {
      const { length } = value as readonly unknown[];
      if (length >= least) return;
      issues.push({ code: "too_small", origin: "array", minimum: least, inclusive: true, input: value, path: [] });
    })
    .check((payload) =>
      inLook((look) => {
        const values = payload.value as readonly unknown[];
        look.count(values.length);
        for (const [at, value] of values.entries()) {
          const part = starts[at] ?? ends[at - (values.length - ends.length)] ?? middle;
          report(payload, part.examine(value, look), at);
          if (isEnough(payload, look)) return;
        }
      }),
    );
}

const partOf = (type: z.ZodType): Part => new Part(() => type);
