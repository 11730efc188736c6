import type { Opened } from "../opened.js";
import { connect, type Client } from "../raw/redis-client.js";
import { RedisServer } from "../redis-server.js";

/** What Redis says of one command: how often it ran, and how long, those within a script counted for the script as well. */
export interface CommandUse {
  readonly calls: number;
  readonly microseconds: number;
}

/** A private Redis for all sides, and what it does. */
export class MeteredRedis implements AsyncDisposable {
  readonly url: string;
  readonly #client: Client;

  private constructor(url: string, client: Client) {
    this.url = url;
    this.#client = client;
  }

  static async start(opened: Opened, folder: string): Promise<MeteredRedis> {
    const { url } = opened.use(await RedisServer.start(folder));
    const client = await connect(url);
    // whom it would meet to rewrite the file is chance
    await client.callBuffer("config", "set", "auto-aof-rewrite-percentage", "0");
    return opened.use(new MeteredRedis(url, client));
  }

  /** The commands of all clients, and within scripts, while something is done. */
  async commandsDuring(work: () => Promise<unknown>): Promise<ReadonlyMap<string, CommandUse>> {
    await this.#client.callBuffer("config", "resetstat");
    await work();
    const stats = (await this.#info("commandstats")).matchAll(/^cmdstat_(.+?):calls=(\d+),usec=(\d+)/gm);
    const uses = [...stats].map(
      ([, name, calls, usec]) => [name!, { calls: Number(calls), microseconds: Number(usec) }] as const,
    );
    return new Map(uses.filter(([name]) => !name.startsWith("config")));
  }

  /** What it has used of the processors. */
  readonly cpuMs = async (): Promise<number> => {
    const used = [...(await this.#info("cpu")).matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)];
    return used.reduce((sum, [, seconds]) => sum + Number(seconds) * 1000, 0);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.disconnect();
  }

  async #info(section: string): Promise<string> {
    return String(await this.#client.callBuffer("info", section));
  }
}
