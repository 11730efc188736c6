import { inspect, isDeepStrictEqual } from "node:util";
import type { Terminal } from "./terminal.js";

/** A value as JSON where that says it all, otherwise as Node shows it: `Map(1) { 'a' => 1n }`. */
export function showValue(value: unknown, { colors }: Pick<Terminal, "colors">): string {
  const json = toJson(value);
  return json ?? inspect(value, { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity, colors });
}

function toJson(value: unknown): string | undefined {
  try {
    const json = JSON.stringify(value, undefined, 2) as string | undefined;
    return json !== undefined && isDeepStrictEqual(JSON.parse(json), value) ? json : undefined;
  } catch {
    return undefined; // a bigint or a cycle
  }
}
