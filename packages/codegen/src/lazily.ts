/** A record of values each of which is made when it is first looked at. */
export function lazily<T>(makers: Readonly<Record<string, () => T>>): Readonly<Record<string, T>> {
  const record: Record<string, T> = {};
  for (const [key, make] of Object.entries(makers)) defineLazily(record, key, make);
  return record;
}

/** Defines a property whose value is made when it is first looked at. */
export function defineLazily(record: object, key: string, make: () => unknown): void {
  const get = (): unknown => {
    const value = make();
    Object.defineProperty(record, key, { value, enumerable: true });
    return value;
  };
  Object.defineProperty(record, key, { get, enumerable: true, configurable: true });
}
