import type { Losses } from "../../losses.js";
import type { Durability } from "./location.js";

/** What a failure takes from a file. n.b. with synchronous=NORMAL the log is written to the disk at checkpoints alone */
export const lossesOf = (durability: Durability): Losses => ({
  brokerKilled: "nothing",
  powerLoss:
    durability === "power-loss"
      ? "nothing"
      : "what was stored since the last checkpoint of the file (durability=power-loss loses nothing)",
  machineGone: "everything: it is one file on one disk",
  noRoom: "nothing: calls are refused with BROKER_FULL",
});
