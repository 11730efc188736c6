import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
// @ts-expect-error scripts in plain JavaScript
import { requirePrograms } from "../../scripts/brokers/programs.mjs";
// @ts-expect-error scripts in plain JavaScript
import { startRedis } from "../../scripts/brokers/redis.mjs";

type Start = (options: { readonly program: string; readonly dir: string }) => Promise<Running>;

interface Running {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** A private Redis with an append-only file that is synced every second; it and its data go at the end. */
export class RedisServer implements AsyncDisposable {
  readonly url: string;
  readonly #stop: () => Promise<void>;

  constructor(url: string, stop: () => Promise<void>) {
    this.url = url;
    this.#stop = stop;
  }

  static async start(folder: string): Promise<RedisServer> {
    const require = requirePrograms as (names: readonly string[], instead: string) => [string];
    const [program] = require(["redis-server"], "other measures on the command line");
    const dir = await mkdtemp(join(folder, "redis-"));
    const { url, stop } = await (startRedis as Start)({ program, dir });
    return new RedisServer(url, async () => {
      await stop();
      await rm(dir, { recursive: true, force: true, maxRetries: 3 });
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stop();
  }
}
