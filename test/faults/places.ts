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

async function openRedis(settings: readonly string[] = []): Promise<Broker> {
  const server = await RedisServer.start("--appendfsync", "everysec", ...settings);
  const suspend = async (): Promise<void> => server.stop();
  return {
    url: server.url,
    server: {
      port: server.port,
      kill: () => server.kill(),
      restart: () => server.restart(),
      suspend,
      resume: () => server.resume(),
    },
  };
}

async function openRabbit(settings: readonly string[] = []): Promise<Broker> {
  const server = await RabbitServer.start(settings);
  onTestFinished(() => server.stop(), 60_000);
  return { url: server.url, server };
}
