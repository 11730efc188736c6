import type { Fault } from "./fault.js";
import { brokerDeaths } from "./scenarios/broker-deaths.js";
import { workerDeaths } from "./scenarios/worker-deaths.js";

/** Fault x transport: every fault that taskgen is known to meet, and where it is made. */
export const table: readonly Fault[] = [...workerDeaths, ...brokerDeaths];
