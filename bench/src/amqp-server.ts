import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
// @ts-expect-error scripts in plain JavaScript
import { requirePrograms } from "../../scripts/brokers/programs.mjs";
// @ts-expect-error scripts in plain JavaScript
import { startRabbitmq } from "../../scripts/brokers/rabbitmq.mjs";

type Start = (options: { readonly program: string; readonly epmd: string; readonly dir: string }) => Promise<Running>;

interface Running {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** A private RabbitMQ; it and its data go at the end. */
export class AmqpServer implements AsyncDisposable {
  readonly url: string;
  readonly #stop: () => Promise<void>;

  constructor(url: string, stop: () => Promise<void>) {
    this.url = url;
    this.#stop = stop;
  }

  static async start(folder: string): Promise<AmqpServer> {
    const require = requirePrograms as (names: readonly string[], instead: string) => [string, string];
    const [program, epmd] = require(["rabbitmq-server", "epmd"], "other measures on the command line");
    const dir = await mkdtemp(join(folder, "rabbitmq-"));
    const { url, stop } = await (startRabbitmq as Start)({ program, epmd, dir });
    return new AmqpServer(url, async () => {
      await stop();
      await rm(dir, { recursive: true, force: true, maxRetries: 3 });
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stop();
  }
}
