import type { Fault } from "./fault.js";
import { blockedLoops } from "./scenarios/blocked-loops.js";
import { brokerDeaths } from "./scenarios/broker-deaths.js";
import { clocks } from "./scenarios/clocks.js";
import { copies } from "./scenarios/copies.js";
import { delayedTasks } from "./scenarios/delayed-tasks.js";
import { deploys } from "./scenarios/deploys.js";
import { failpoints } from "./scenarios/failpoints.js";
import { features } from "./scenarios/features.js";
import { network } from "./scenarios/network.js";
import { payloads } from "./scenarios/payloads.js";
import { rabbitmqAlarms } from "./scenarios/rabbitmq-alarms.js";
import { rabbitmqCluster } from "./scenarios/rabbitmq-cluster.js";
import { rabbitmqQueues } from "./scenarios/rabbitmq-queues.js";
import { redisFailovers } from "./scenarios/redis-failovers.js";
import { redisInterruptions } from "./scenarios/redis-interruptions.js";
import { redisRefusals } from "./scenarios/redis-refusals.js";
import { resultStores } from "./scenarios/result-stores.js";
import { poolDeaths } from "./scenarios/pool-deaths.js";
import { poolLeaks } from "./scenarios/pool-leaks.js";
import { slowWorkers } from "./scenarios/slow-workers.js";
import { soaks } from "./scenarios/soak.js";
import { sqliteFaults } from "./scenarios/sqlite-faults.js";
import { standstill } from "./scenarios/standstill.js";
import { workerCrashes } from "./scenarios/worker-crashes.js";
import { workerDeaths } from "./scenarios/worker-deaths.js";
import { workerStops } from "./scenarios/worker-stops.js";

const faults: readonly Fault[] = [
  ...blockedLoops,
  ...brokerDeaths,
  ...clocks,
  ...copies,
  ...delayedTasks,
  ...deploys,
  ...failpoints,
  ...features,
  ...network,
  ...payloads,
  ...rabbitmqAlarms,
  ...rabbitmqCluster,
  ...rabbitmqQueues,
  ...redisFailovers,
  ...redisInterruptions,
  ...redisRefusals,
  ...resultStores,
  ...poolDeaths,
  ...poolLeaks,
  ...slowWorkers,
  ...soaks,
  ...sqliteFaults,
  ...standstill,
  ...workerCrashes,
  ...workerDeaths,
  ...workerStops,
];

/** Fault x transport: every fault that taskgen is known to meet, and where it is made. */
export const table = faults.toSorted((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }));
