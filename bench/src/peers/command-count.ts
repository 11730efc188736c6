import { connect, type Client } from "../raw/redis-client.js";

/** Counts the commands that a Redis runs. */
export class CommandCount implements AsyncDisposable {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async open(url: string): Promise<CommandCount> {
    return new CommandCount(await connect(url));
  }

  /** Those of all clients and within scripts while something is done. */
  async during(work: () => Promise<unknown>): Promise<number> {
    await this.#client.callBuffer("config", "resetstat");
    await work();
    const stats = String(await this.#client.callBuffer("info", "commandstats"));
    const counts = [...stats.matchAll(/^cmdstat_(.+?):calls=(\d+)/gm)];
    return counts.reduce((sum, [, name, calls]) => (name!.startsWith("config") ? sum : sum + Number(calls)), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.disconnect();
  }
}
