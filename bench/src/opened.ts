/** Closes all it was given, the last one first. n.b. Node 20 has no `AsyncDisposableStack`. */
export class Opened implements AsyncDisposable {
  readonly #resources: AsyncDisposable[] = [];

  use<T extends AsyncDisposable>(resource: T): T {
    this.#resources.push(resource);
    return resource;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const resource of this.#resources.splice(0).toReversed()) await resource[Symbol.asyncDispose]();
  }
}
