import { connect, type Client } from "./redis-client.js";

/** What a Redis has done since it started. */
export interface Usage {
  /** Commands, those within scripts too. */
  readonly commands: number;
  readonly cpuMs: number;
  /** Connections at this moment. */
  readonly clients: number;
}

/** What something came to, and what the Redis did meanwhile. */
export type Used<T> = T & { readonly redis: Usage };

/** Asks a Redis what it has done; its own questions are left out. */
export class RedisUsage implements AsyncDisposable {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async open(url: string): Promise<RedisUsage> {
    return new RedisUsage(await connect(url));
  }

  async read(): Promise<Usage> {
    const text = String(await this.#client.callBuffer("info", "all"));
    const field = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, "m").exec(text)![1]);
    const calls = [...text.matchAll(/^cmdstat_(?!info:)[^:]+:calls=(\d+)/gm)].map(([, count]) => Number(count));
    return {
      commands: calls.reduce((sum, count) => sum + count, 0),
      cpuMs: (field("used_cpu_sys") + field("used_cpu_user")) * 1000,
      clients: field("connected_clients") - 1,
    };
  }

  /** What a Redis does while something runs. */
  async during<T>(run: () => Promise<T>): Promise<Used<T>> {
    const before = await this.read();
    const value = await run();
    const after = await this.read();
    const redis = { ...after, commands: after.commands - before.commands, cpuMs: after.cpuMs - before.cpuMs };
    return { ...value, redis };
  }

  // oxlint-disable-next-line typescript/require-await -- what is disposed of is disposed of asynchronously
  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.disconnect();
  }
}
