import { join } from "node:path";
import { AmqpServer } from "./amqp-server.js";
import { RedisServer } from "./redis-server.js";
import type { Settings } from "./settings.js";

/** Measures something on a private broker. */
export type OnBroker = <T>(
  settings: Pick<Settings, "folder">,
  measure: (name: string, broker: string) => Promise<T>,
) => Promise<T>;

export const onRedis: OnBroker = async ({ folder }, measure) => {
  await using server = await RedisServer.start(folder);
  return await measure("Redis", server.url);
};

export const onAmqp: OnBroker = async ({ folder }, measure) => {
  await using server = await AmqpServer.start(folder);
  return await measure("RabbitMQ", server.url);
};

export const onSqlite: OnBroker = ({ folder }, measure) => measure("SQLite", `sqlite:${join(folder, "tasks.db")}`);
