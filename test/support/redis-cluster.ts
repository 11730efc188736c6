import { join } from "node:path";
import { Redis } from "ioredis";
import { onTestFinished } from "vitest";
import { closedPort } from "./closed-port.js";
import { eventually } from "./eventually.js";
import { RedisServer } from "./redis-server.js";
import { tempDir } from "./temp-dir.js";

const SLOTS = 16_384;

interface Node {
  readonly server: RedisServer;
  readonly busPort: number;
}

/** A Cluster of masters that share the slots evenly, children of this process. */
export class RedisCluster {
  readonly servers: readonly RedisServer[];

  private constructor(servers: readonly RedisServer[]) {
    this.servers = servers;
  }

  /** Three masters, and one replica of each where wanted; killed after the test. */
  static async start({ replicas = false } = {}): Promise<RedisCluster> {
    const cluster = await RedisCluster.startIn(await tempDir(), replicas ? 6 : 3);
    onTestFinished(() => cluster.kill());
    return cluster;
  }

  /** The same for whoever kills it himself: the Cluster of a whole file. */
  static async startIn(directory: string, size = 3): Promise<RedisCluster> {
    const nodes = await Promise.all(Array.from({ length: size }, (_, i) => startNode(join(directory, `${i}`))));
    const cluster = new RedisCluster(nodes.map(({ server }) => server));
    await cluster.#join(nodes);
    return cluster;
  }

  /** Names one node; the others are found. */
  get url(): string {
    return `${this.servers[0]!.url}/?cluster=1`;
  }

  /** The slot of a key, and the master that has it now. */
  ownerOf(key: string): Promise<{ readonly slot: number; readonly server: RedisServer }> {
    return ownerOf(this.servers, key);
  }

  async kill(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
  }

  async #join(nodes: readonly Node[]): Promise<void> {
    const masters = nodes.slice(0, 3);
    for (const [i, { server }] of masters.entries()) {
      const [from, to] = [Math.floor((i * SLOTS) / 3), Math.floor(((i + 1) * SLOTS) / 3) - 1];
      await command(server, "ADDSLOTSRANGE", from, to);
    }
    const first = nodes[0]!;
    for (const { server } of nodes.slice(1))
      await command(server, "MEET", "127.0.0.1", first.server.port, first.busPort);
    const knowsAll = async ({ server }: Node): Promise<boolean> =>
      String(await command(server, "INFO")).includes(`cluster_known_nodes:${nodes.length}`);
    await eventually(async () => (await Promise.all(nodes.map(knowsAll))).every(Boolean), WAIT);
    for (const [i, { server }] of nodes.slice(3).entries()) {
      await command(server, "REPLICATE", String(await command(masters[i]!.server, "MYID")));
    }
    await eventually(async () => (await Promise.all(nodes.map(isReady))).every(Boolean), WAIT);
  }
}

/** The slot of a key, and the one of these nodes that has it now. n.b. the last of them is asked */
export async function ownerOf(
  servers: readonly RedisServer[],
  key: string,
): Promise<{ readonly slot: number; readonly server: RedisServer }> {
  return withClient(servers.at(-1)!, async (client) => {
    const slot = await client.cluster("KEYSLOT", key);
    const ranges = await client.cluster("SLOTS");
    const [, , master] = ranges.find(([from, to]) => from <= slot && slot <= to)!;
    const port = Number((master as unknown as [string, number])[1]);
    return { slot, server: servers.find((server) => server.port === port)! };
  });
}

const WAIT = { every: 50, what: "a Cluster" };

async function isReady({ server }: Node): Promise<boolean> {
  const [info, replication] = await withClient(server, (client) =>
    Promise.all([client.cluster("INFO"), client.info("replication")]),
  );
  return String(info).includes("cluster_state:ok") && !replication.includes("master_link_status:down");
}

async function startNode(directory: string): Promise<Node> {
  const busPort = await closedPort();
  const settings = [
    "--appendfsync",
    "always",
    "--cluster-enabled",
    "yes",
    "--cluster-port",
    `${busPort}`,
    "--cluster-node-timeout",
    "1500",
  ];
  return { server: await RedisServer.startIn(directory, settings), busPort };
}

/** One of the `CLUSTER` commands to one node. */
export const command = (server: RedisServer, name: string, ...args: readonly (string | number)[]): Promise<unknown> =>
  withClient(server, (client) => client.call("CLUSTER", name, ...args));

/** One connection for as long as `act` takes. */
export async function withClient<T>(
  { port }: { readonly port: number },
  act: (client: Redis) => Promise<T>,
): Promise<T> {
  const client = new Redis({ port, retryStrategy: () => null }).on("error", () => {});
  try {
    return await act(client);
  } finally {
    client.disconnect();
  }
}
