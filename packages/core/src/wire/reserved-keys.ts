/**
 * Keys that lead to a prototype when a careless merge follows them. They never stand in a text as keys of an object;
 * `constructor` and `prototype` travel in a `KeyedObject`, `__proto__` not at all.
 */
export const isReservedKey = (key: string): boolean =>
  key === "__proto__" || key === "constructor" || key === "prototype";

/** Whether a JSON text gives cause to look for one; a key with a \u escape may spell it. */
export const mayHoldReservedKey = (text: string): boolean => /__proto__|constructor|prototype|\\u/.test(text);
