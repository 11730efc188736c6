import type { KeyedModel } from "../model.js";

/** What a stub knows of options with keys: all of them, but of `limit` the key alone, which travels with calls. */
export function keyOptions(keyed: readonly KeyedModel[] = []): Readonly<Record<string, unknown>> {
  const known = keyed.filter(({ option }) => option !== "limit").map(({ option, values }) => [option, values] as const);
  const limitKey = limitKeyOf(keyed);
  return { ...Object.fromEntries(known), ...(limitKey !== undefined && { limitKey }) };
}

/** The key of `limit`. */
export const limitKeyOf = (keyed: readonly KeyedModel[] = []): string | undefined =>
  keyed.find(({ option }) => option === "limit")?.values["key"] as string | undefined;
