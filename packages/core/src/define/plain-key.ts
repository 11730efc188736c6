/** What a path of indexes and names leads to; own properties alone. */
export function valueAt(value: unknown, path: string): unknown {
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

/** The longest key that is kept as it is. */
export const MAX_KEY = 200;

/** The key of most values; see `argumentKey`. `undefined`: it takes more than this to make. */
export function plainKey(value: unknown): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const text = JSON.stringify(value);
  return text.length <= MAX_KEY ? text : undefined;
}
