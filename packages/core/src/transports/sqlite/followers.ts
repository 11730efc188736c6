/** Which clients follow which keys. */
export class Followers {
  readonly #clients = new Map<string, Set<number>>();

  /** How many keys are followed. */
  get size(): number {
    return this.#clients.size;
  }

  get keys(): string[] {
    return [...this.#clients.keys()];
  }

  add(key: string, client: number): void {
    const clients = this.#clients.get(key);
    if (clients === undefined) this.#clients.set(key, new Set([client]));
    else clients.add(client);
  }

  remove(key: string, client: number): void {
    const clients = this.#clients.get(key);
    if (clients?.delete(client) && clients.size === 0) this.#clients.delete(key);
  }

  leave(client: number): void {
    for (const key of this.keys) this.remove(key, client);
  }

  /** The items whose key is followed, for each client that follows it. */
  share<T>(items: readonly T[], keyOf: (item: T) => string): Map<number, T[]> {
    const shares = new Map<number, T[]>();
    for (const item of items) {
      for (const client of this.#clients.get(keyOf(item)) ?? []) {
        const share = shares.get(client);
        if (share === undefined) shares.set(client, [item]);
        else share.push(item);
      }
    }
    return shares;
  }
}
