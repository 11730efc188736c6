import { z } from "zod";
import { is } from "./custom.js";
import { inLook } from "./look.js";
import { Part } from "./part.js";
import { isEnough, report } from "./report.js";

/** An index signature. */
export interface Index {
  /** @default all keys */
  readonly keys?: RegExp;
  readonly value: z.ZodType;
}

type Properties = Readonly<Record<string, z.ZodType>>;

/** An object with at least these properties, whose other keys fit the index signatures that they match. */
export function objectOf(properties: Properties, indexes: readonly Index[]): z.ZodType {
  const names = new Set(Object.keys(properties));
  const hasInherited = [...names].some((name) => name in Object.prototype);
  if (indexes.length === 0 && !hasInherited) return z.looseObject(properties);
  // n.b. a check after zod's own object would see a copy, which has as its own what the value inherits
  const checks = [
    ...Object.entries(properties).map(([name, type]) => ownProperty(name, type)),
    ...indexes.map((index) => otherKeys(names, index)),
  ];
  return is("object", indexes.length === 0 ? isObject : isPlainObject).check(...(checks as z.core.CheckFn<unknown>[]));
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** In TypeScript an instance of a class has no index signature. */
function isPlainObject(value: unknown): boolean {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

type Check = z.core.CheckFn<Record<string, unknown>>;

/** A property that every object inherits counts only where it is the object's own. */
function ownProperty(name: string, type: z.ZodType): Check {
  const part = new Part(() => type);
  const isInherited = name in Object.prototype;
  return (payload) =>
    inLook((look) => {
      const value = isInherited && !Object.hasOwn(payload.value, name) ? undefined : payload.value[name];
      report(payload, part.examine(value, look), name);
    });
}

function otherKeys(properties: ReadonlySet<string>, { keys, value: type }: Index): Check {
  const part = new Part(() => type);
  return (payload) =>
    inLook((look) => {
      const all = Object.keys(payload.value);
      look.count(all.length);
      for (const key of all) {
        if (properties.has(key) || keys?.test(key) === false) continue;
        report(payload, part.examine(payload.value[key], look), key);
        if (isEnough(payload, look)) return;
      }
    });
}
