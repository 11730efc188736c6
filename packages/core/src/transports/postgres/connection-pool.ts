import type { PgClient } from "./driver.js";

interface Waiting {
  readonly resolve: (client: PgClient) => void;
  readonly reject: (reason: Error) => void;
}

/** Connections that are made when they are needed, each for one user at a time; users come in the order in which they asked. */
export class ConnectionPool {
  readonly #connect: () => Promise<PgClient>;
  readonly #idle: PgClient[] = [];
  #waiting: Waiting[] = [];
  #max: number;
  #count = 0;
  #closed: Error | undefined;

  constructor(max: number, connect: () => Promise<PgClient>) {
    this.#max = max;
    this.#connect = connect;
  }

  async use<T>(work: (client: PgClient) => Promise<T>): Promise<T> {
    const client = await this.#take();
    try {
      return await work(client);
    } finally {
      this.#giveBack(client);
    }
  }

  /** Whoever waits for a connection does so in vain. */
  close(reason: Error): void {
    this.#closed = reason;
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
  }

  async #take(): Promise<PgClient> {
    if (this.#closed !== undefined) throw this.#closed;
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#count < this.#max) return this.#grow();
    return this.#next();
  }

  /** A server that takes no more connections is used with those that there are. */
  async #grow(): Promise<PgClient> {
    this.#count++;
    try {
      return await this.#connect();
    } catch (error) {
      this.#count--;
      if (this.#closed !== undefined) throw this.#closed;
      if (this.#count === 0) throw error;
      this.#max = this.#count;
      return this.#idle.pop() ?? this.#next();
    }
  }

  #next(): Promise<PgClient> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #giveBack(client: PgClient): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(client);
    else next.resolve(client);
  }
}
