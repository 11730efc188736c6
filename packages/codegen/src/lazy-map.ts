/** A map whose values are made when they are looked at. */
export class LazyMap<S, T> implements ReadonlyMap<string, T> {
  readonly #sources: ReadonlyMap<string, S>;
  readonly #make: (source: S) => T;
  #whole: ReadonlyMap<string, T> | undefined;

  constructor(sources: ReadonlyMap<string, S>, make: (source: S) => T) {
    this.#sources = sources;
    this.#make = make;
  }

  get size(): number {
    return this.#sources.size;
  }

  has(key: string): boolean {
    return this.#sources.has(key);
  }

  get(key: string): T | undefined {
    const source = this.#sources.get(key);
    return source === undefined ? undefined : this.#make(source);
  }

  keys(): MapIterator<string> {
    return this.#sources.keys();
  }

  values(): MapIterator<T> {
    return this.#all.values();
  }

  entries(): MapIterator<[string, T]> {
    return this.#all.entries();
  }

  [Symbol.iterator](): MapIterator<[string, T]> {
    return this.#all.entries();
  }

  forEach(call: (value: T, key: string, map: ReadonlyMap<string, T>) => void): void {
    this.#all.forEach(call);
  }

  get #all(): ReadonlyMap<string, T> {
    return (this.#whole ??= new Map(Array.from(this.#sources, ([key, source]) => [key, this.#make(source)])));
  }
}
