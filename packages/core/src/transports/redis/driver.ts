import { readFile } from "node:fs/promises";
import { connect } from "node:tls";
import type { ClusterOptions, RedisOptions } from "ioredis";
import { ConfigError } from "../../errors.js";
import type { RedisPlace, TlsFiles } from "./place.js";

/** What may be given to a command. */
export type RedisValue = string | Buffer | number;

/** The socket behind a client of one server. */
export interface RedisStream {
  cork(): void;
  uncork(): void;
  unref?(): unknown;
  destroy(): unknown;
}

/** The few methods of an ioredis client that are called. Replies are buffers, numbers, null and arrays of these. */
export interface RedisClient {
  readonly stream?: RedisStream | undefined;
  /** `end` when it is of no more use. */
  readonly status: string;
  callBuffer(command: string, ...args: RedisValue[]): Promise<unknown>;
  subscribe(...channels: string[]): Promise<unknown>;
  unsubscribe(...channels: string[]): Promise<unknown>;
  ping(): Promise<unknown>;
  on(event: "ready" | "end", listener: () => void): unknown;
  on(event: "error", listener: (error: unknown) => void): unknown;
  on(event: "messageBuffer", listener: (channel: Buffer, message: Buffer) => void): unknown;
  disconnect(): void;
}

type Ioredis = Pick<typeof import("ioredis"), "Redis" | "Cluster">;
type Cluster = InstanceType<Ioredis["Cluster"]>;
type ClusterNode = ReturnType<Cluster["nodes"]>[number];

/** @throws ConfigError `BROKER_DRIVER_MISSING` */
async function loadDriver(): Promise<Ioredis> {
  try {
    return await import("ioredis");
  } catch (cause) {
    const message = "redis: needs the package ioredis, version 6; run npm install ioredis";
    throw new ConfigError("BROKER_DRIVER_MISSING", message, { cause });
  }
}

const CHECK_MS = 2_000;
const DIALECT = { disableClientInfo: true, protocol: 2 } as const;

/** Neither reconnects nor queues nor sends again: a lost connection is told at once, and replaced by who uses it. */
const ONE_LIFE = {
  ...DIALECT,
  retryStrategy: () => null,
  enableOfflineQueue: false,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: null,
} as const satisfies RedisOptions;

/** The same for a Cluster; what a node refused because a slot has moved is sent to where it is. */
const CLUSTER_OF_ONE_LIFE = {
  clusterRetryStrategy: () => null,
  retryDelayOnFailover: 0,
  retryDelayOnClusterDown: 0,
} as const satisfies ClusterOptions;

/** A client that begins to connect now. @throws ConfigError when its files cannot be read. */
export async function createClient(place: RedisPlace): Promise<RedisClient> {
  const { Redis, Cluster } = await loadDriver();
  const { nodes, db, sentinel, sentinelAuth, cluster, username, password } = place;
  const credentials = await credentialsOf(place);
  if (cluster) {
    const redisOptions = { ...DIALECT, ...credentials };
    return unrefNodes(new Cluster([...nodes], { ...CLUSTER_OF_ONE_LIFE, redisOptions }));
  }
  const options = { ...ONE_LIFE, ...credentials, db };
  if (sentinel === undefined) return new Redis({ ...options, ...nodes[0]! });
  return new Redis({
    ...options,
    sentinels: [...nodes],
    name: sentinel,
    sentinelRetryStrategy: () => null,
    ...(credentials.tls !== undefined && { enableTLSForSentinelMode: true, sentinelTLS: credentials.tls }),
    ...(sentinelAuth && username !== undefined && { sentinelUsername: username }),
    ...(sentinelAuth && password !== undefined && { sentinelPassword: password }),
  });
}

/**
 * A client for subscriptions. n.b. that of a Cluster changes its node in silence, and what was published meanwhile is missed:
 * a connection to any one node, which is told of all that is published, is at least known to be lost.
 */
export async function createSubscriber(place: RedisPlace, commands: RedisClient): Promise<RedisClient> {
  if (!place.cluster) return createClient(place);
  const nodes = (commands as unknown as Cluster).nodes("master").filter(({ status }) => status === "ready");
  const { host, port } = nodes[Math.floor(Math.random() * nodes.length)]?.options ?? place.nodes[0]!;
  return createClient({ ...place, cluster: false, nodes: [{ host: host!, port: port! }] });
}

/** Why the certificate of a Sentinel or of a node is refused: of those ioredis says no more than that they are closed. */
export async function whyRefused({ tls, nodes, sentinel, cluster }: RedisPlace): Promise<Error | undefined> {
  if (tls === undefined || (!cluster && sentinel === undefined)) return undefined;
  const socket = connect({ ...nodes[0]!, ...(await readTls(tls)), timeout: CHECK_MS });
  return new Promise<Error | undefined>((resolve) => {
    socket
      .once("error", resolve)
      .once("secureConnect", resolve)
      .once("timeout", () => resolve(undefined));
  }).finally(() => socket.destroy());
}

/** Ends a client at once. n.b. `disconnect` alone waits two seconds for a server that does not answer, or is gone. */
export function discard(client: RedisClient): void {
  const nodes = "nodes" in client ? (client as unknown as Cluster).nodes() : [];
  const streams = [client, ...nodes].map((one) => one.stream);
  if (client.status !== "end") client.disconnect();
  for (const stream of streams) stream?.destroy();
}

function unrefNodes(cluster: Cluster): RedisClient {
  cluster.on("+node", (node: ClusterNode) => {
    node.on("connect", () => (node as unknown as RedisClient).stream?.unref?.());
    askInPeace(node);
  });
  return cluster;
}

/** n.b. ioredis says ASKING before a command for a slot that moves, and nobody hears when that fails: the command tells the same. */
function askInPeace(node: ClusterNode): void {
  const asking = node.asking.bind(node);
  node.asking = (callback) => {
    const asked = asking(callback);
    asked.catch(() => {});
    return asked;
  };
}

type Credentials = Pick<RedisOptions, "username" | "password" | "tls">;

const credentialsOf = async ({ username, password, tls }: RedisPlace): Promise<Credentials> => ({
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  ...(tls !== undefined && { tls: await readTls(tls) }),
});

type TlsSettings = Partial<Record<keyof TlsFiles, Buffer>> & { readonly rejectUnauthorized: true };

/** n.b. NODE_TLS_REJECT_UNAUTHORIZED would change the default of `rejectUnauthorized` */
async function readTls(files: TlsFiles): Promise<TlsSettings> {
  const read = Object.entries(files).map(async ([name, path]: [string, string]) => {
    const bytes = await readFile(path).catch((cause: Error) => {
      throw new ConfigError("BROKER_URL_INVALID", `a file that the URL names cannot be read: ${cause.message}`, {
        cause,
      });
    });
    return [name, bytes] as const;
  });
  return { ...Object.fromEntries(await Promise.all(read)), rejectUnauthorized: true };
}
