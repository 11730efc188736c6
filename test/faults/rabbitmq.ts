import { setTimeout as delay } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { RabbitCluster } from "../support/rabbitmq-cluster.js";
import { RabbitServer, WRITTEN_DOWN_MS } from "../support/rabbitmq-server.js";
import type { Fleet } from "./fleet.js";
import { type Place, places } from "./places.js";

/** Quorum queues are the default: these are not replicated. */
export const rabbitWithClassicQueues: Place = {
  ...places.amqp,
  open: async (settings) => {
    const broker = await places.amqp.open(settings);
    return { ...broker, url: `${broker.url}?queueType=classic` };
  },
};

/** The server of a fleet on one node. */
export function rabbitOf({ server }: Fleet): RabbitServer {
  if (!(server instanceof RabbitServer)) throw new Error("this fleet is not on a RabbitMQ of one node");
  return server;
}

/** n.b. what happens to a queue that is not: F36 */
export const writtenDown = (): Promise<void> => delay(WRITTEN_DOWN_MS);

/** Three nodes; clients know them all, and replies are replicated too. */
export const rabbitCluster: Place = {
  ...places.amqp,
  open: async (settings) => {
    const { url, nodes } = await RabbitCluster.start(settings);
    return { url: `${url}&replyQueueType=quorum`, server: nodes[0]!, rabbits: nodes };
  },
};

/** Two brokers that know nothing of each other. */
export const twoRabbits: Place = {
  ...places.amqp,
  open: async (settings) => {
    const nodes = await Promise.all([RabbitServer.start(settings), RabbitServer.start(settings)]);
    for (const node of nodes) onTestFinished(() => node.stop(), 60_000);
    return { url: `${nodes[0].url}/?nodes=127.0.0.1:${nodes[1].port}`, server: nodes[0], rabbits: nodes };
  },
};
