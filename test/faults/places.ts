import { onTestFinished } from "vitest";
import { RabbitServer } from "../support/rabbitmq-server.js";
import { RedisServer } from "../support/redis-server.js";
import { tempDir } from "../support/temp-dir.js";

/** A broker that faults are made on. */
export type PlaceName = "memory" | "sqlite" | "redis" | "amqp";

/** A server that a test may harm. */
export interface Server {
  readonly port: number;
  /** SIGKILL; its data stays. */
  kill(): Promise<void>;
  /** Starts it again with the data that it has on disk. */
  restart(): Promise<void>;
  /** SIGSTOP: sockets stay open, nothing answers. */
  suspend(): Promise<void>;
  resume(): void;
}

/** A private broker, gone after the test. */
export interface Broker {
  readonly url: string;
  readonly server?: Server;
  /** All servers of it, where they are many; the one that clients use comes first. */
  readonly nodes?: readonly RedisServer[];
  /** Where its address leads to: another one may take it over. */
  readonly leadsTo?: { port: number };
  /** Where results are, if not at the broker. */
  readonly results?: { readonly url: string; readonly server: Server };
  /** The nodes of a RabbitMQ, where they are many; the one that clients use comes first. */
  readonly rabbits?: readonly Server[];
}

/** What a transport promises to the checks. */
interface Promises {
  /** A message that is sent again is recognised. */
  readonly dedupe: boolean;
  /** Redeliveries are counted exactly, and by message. */
  readonly exactRedeliveries: boolean;
}

/** Where a fault is made. */
export interface Place extends Promises {
  readonly title: string;
  /** `settings` are those of the server: arguments of redis-server, lines of rabbitmq.conf. */
  open(settings?: readonly string[]): Promise<Broker>;
}

const promises: Promises = { dedupe: true, exactRedeliveries: true };

/** The memory broker is one process with all that uses it: it has no place in a fleet of processes. */
export const places: Readonly<Record<Exclude<PlaceName, "memory">, Place>> = {
  sqlite: { title: "SQLite", ...promises, open: async () => ({ url: `sqlite:${await tempDir()}/tasks.db` }) },
  redis: { title: "Redis", ...promises, open: openRedis },
  amqp: { title: "RabbitMQ", dedupe: false, exactRedeliveries: false, open: openRabbit },
};

/**
 * A Redis that answers when it has written. n.b. with `everysec` it postpones writes for up to two seconds while its disk is busy, and a
 * SIGKILL takes what it has acknowledged meanwhile.
 */
export const WRITTEN_FIRST = ["--appendfsync", "always"] as const;

async function openRedis(settings: readonly string[] = []): Promise<Broker & { readonly server: Server }> {
  const server = await RedisServer.start(...WRITTEN_FIRST, ...settings);
  return { url: server.url, server: serverOf(server) };
}

/** What faults are made on. */
export const serverOf = (server: RedisServer): Server => ({
  port: server.port,
  kill: () => server.kill(),
  restart: () => server.restart(),
  suspend: async () => server.stop(),
  resume: () => server.resume(),
});

async function openRabbit(settings: readonly string[] = []): Promise<Broker> {
  const server = await RabbitServer.start(settings);
  onTestFinished(() => server.stop());
  return { url: server.url, server };
}
