import type { Losses } from "../../losses.js";
import type { QueueType } from "./settings.js";

/** What a failure takes from queues of a type. How many nodes there are is not visible to those who use RabbitMQ. */
export const lossesOf = (type: QueueType): Losses => ({
  brokerKilled: type === "quorum" ? "nothing; of a queue that is a second old everything" : "nothing",
  powerLoss: "nothing",
  machineGone:
    type === "quorum"
      ? "nothing in a cluster of three nodes or more; on a single node everything (see `rabbitmqctl cluster_status`)"
      : "everything that was on its node: classic queues are on one",
  noRoom: "nothing: RabbitMQ blocks those who send, and calls are refused at their deadline",
});
