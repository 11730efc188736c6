import { ConfigError } from "../../errors.js";
import type { RedisPlace } from "./place.js";

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

/** @throws ConfigError `BROKER_DRIVER_MISSING` */
async function loadDriver(): Promise<Ioredis> {
  try {
    return await import("ioredis");
  } catch (cause) {
    throw new ConfigError(
      "BROKER_DRIVER_MISSING",
      "redis: needs the package ioredis, version 6; run npm install ioredis",
      {
        cause,
      },
    );
  }
}

/** Neither reconnects nor queues nor sends again: a lost connection is told at once, and replaced by who uses it. */
const ONE_LIFE = {
  retryStrategy: () => null,
  enableOfflineQueue: false,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: null,
  disableClientInfo: true,
  protocol: 2,
} as const;

/** A client that begins to connect now. */
export async function createClient(place: RedisPlace): Promise<RedisClient> {
  const { Redis, Cluster } = await loadDriver();
  const { nodes, db, sentinel, cluster } = place;
  const credentials = {
    ...(place.username !== undefined && { username: place.username }),
    ...(place.password !== undefined && { password: place.password }),
    ...(place.tls && { tls: {} }),
  };
  if (cluster) {
    return new Cluster([...nodes], {
      redisOptions: { ...credentials, disableClientInfo: true, protocol: 2 },
      clusterRetryStrategy: () => null,
      enableOfflineQueue: false,
    });
  }
  const options = { ...ONE_LIFE, ...credentials, db };
  if (sentinel === undefined) return new Redis({ ...options, ...nodes[0]! });
  return new Redis({
    ...options,
    sentinels: [...nodes],
    name: sentinel,
    enableTLSForSentinelMode: place.tls,
    sentinelRetryStrategy: () => null,
    ...(place.password !== undefined && { sentinelPassword: place.password }),
  });
}
