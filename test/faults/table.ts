import type { Fault } from "./fault.js";
import { brokerDeaths } from "./scenarios/broker-deaths.js";
import { clocks } from "./scenarios/clocks.js";
import { copies } from "./scenarios/copies.js";
import { failpoints } from "./scenarios/failpoints.js";
import { network } from "./scenarios/network.js";
import { standstill } from "./scenarios/standstill.js";
import { workerDeaths } from "./scenarios/worker-deaths.js";

/** Fault x transport: every fault that taskgen is known to meet, and where it is made. */
export const table: readonly Fault[] = [
  ...brokerDeaths,
  ...clocks,
  ...copies,
  ...failpoints,
  ...network,
  ...standstill,
  ...workerDeaths,
];
