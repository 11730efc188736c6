import { onTestFinished } from "vitest";
import { eventually } from "./eventually.js";
import { RabbitServer } from "./rabbitmq-server.js";

/** Three nodes of RabbitMQ that are one cluster, children of this process. */
export class RabbitCluster {
  readonly nodes: readonly RabbitServer[];

  private constructor(nodes: readonly RabbitServer[]) {
    this.nodes = nodes;
  }

  /** `config`: lines of each node's `rabbitmq.conf`. Ended after the test. */
  static async start(config: readonly string[] = []): Promise<RabbitCluster> {
    const first = await RabbitServer.start(config);
    onTestFinished(() => first.stop(), 60_000);
    const nodes = [first];
    // n.b. one after the other: a node that joins asks all others
    for (let i = 1; i < 3; i++) nodes.push(await join(first, config));
    const cluster = new RabbitCluster(nodes);
    await cluster.#complete();
    return cluster;
  }

  /** Names all nodes. */
  get url(): string {
    const [first, ...others] = this.nodes.map(({ port }) => `127.0.0.1:${port}`);
    return `amqp://${first}/?nodes=${others.join(",")}`;
  }

  async #complete(): Promise<void> {
    const [first] = this.nodes;
    const count = async (): Promise<number> => {
      const names = await first!.ctl("eval", "length(rabbit_nodes:all_running()).");
      return Number(names.trim());
    };
    await eventually(async () => (await count()) === this.nodes.length, WAIT);
  }
}

const WAIT = { every: 200, what: "a cluster of RabbitMQ" };

async function join(first: RabbitServer, config: readonly string[]): Promise<RabbitServer> {
  const node = await RabbitServer.start(config, first);
  onTestFinished(() => node.stop(), 60_000);
  await node.ctl("stop_app");
  await node.ctl("join_cluster", first.name);
  await node.ctl("start_app");
  return node;
}
