/** A list in which each item, told apart by its JSON, stands once. What stands in it keeps its index. */
export class Table<T> {
  readonly #items: T[];
  /** By identity, for those that were met before, and by JSON. */
  #indices: Map<unknown, number> | undefined;

  constructor(items: T[] = []) {
    this.#items = items;
  }

  readonly index = (item: T): number => {
    const indices = (this.#indices ??= indicesOf(this.#items));
    const known = indices.get(item);
    if (known !== undefined) return known;
    const text = JSON.stringify(item);
    const index = indices.get(text) ?? this.#items.push(item) - 1;
    indices.set(item, index).set(text, index);
    return index;
  };

  readonly at = (index: number): T => this.#items[index] as T;

  toArray(): readonly T[] {
    return this.#items;
  }
}

const indicesOf = (items: readonly unknown[]): Map<unknown, number> =>
  new Map(items.flatMap((item, i) => [[item, i] as const, [JSON.stringify(item), i] as const]));
