/** Values within a value up to which everything that is wrong with it is looked for: zod keeps an issue for each. */
const SMALL = 200;

/** Whether a value has few parts. */
export function isSmall(root: unknown): boolean {
  const objects = new Set<object>();
  let parts = 0;
  const add = (value: unknown): void => {
    parts++;
    if (typeof value === "object" && value !== null) objects.add(value);
  };
  add(root);
  // n.b. the Set grows meanwhile
  for (const object of objects) {
    for (const part of partsOf(object)) {
      add(part);
      if (parts > SMALL) return false;
    }
  }
  return true;
}

function partsOf(value: object): Iterable<unknown> {
  if (Array.isArray(value) || value instanceof Set) return value as Iterable<unknown>;
  if (value instanceof Map) return entriesOf(value);
  return ArrayBuffer.isView(value) ? [] : Object.values(value);
}

function* entriesOf(map: ReadonlyMap<unknown, unknown>): Generator<unknown, void> {
  for (const entry of map) yield* entry;
}
