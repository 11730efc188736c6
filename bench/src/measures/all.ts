import { latencyAmqp } from "./amqp-latency.js";
import { throughputAmqp } from "./amqp-throughput.js";
import { backlogAmqp, backlogRedis, backlogSqlite } from "./backlog.js";
import { clientBundle } from "./client-bundle.js";
import { codegen } from "./codegen.js";
import { cpuBound } from "./cpu-bound.js";
import { delayedAmqp, delayedRedis, delayedSqlite, retriesAmqp, retriesRedis, retriesSqlite } from "./delayed.js";
import { enqueueSqlite } from "./enqueue.js";
import { idleMemory } from "./idle-memory.js";
import { idleRedis } from "./idle-workers.js";
import { installSize } from "./install-size.js";
import { latencySqlite } from "./latency.js";
import { payloadsAmqp, payloadsRedis, payloadsSqlite } from "./payloads.js";
import { commandsRedis } from "./peers-commands.js";
import { enqueueAmqpPeers, enqueueRedisPeers } from "./peers-enqueue.js";
import { latencyAmqpPeers, latencyRedisPeers } from "./peers-latency.js";
import { throughputAmqpPeers, throughputRedisPeers, throughputSqlitePeers } from "./peers-throughput.js";
import { queuesRedis } from "./queues.js";
import { latencyRedis } from "./redis-latency.js";
import { limitRedis } from "./redis-limit.js";
import { throughputRedis } from "./redis-throughput.js";
import { start } from "./start.js";
import { throughputMemory } from "./throughput-memory.js";
import { throughputSqlite } from "./throughput-sqlite.js";
import { workersRedis } from "./workers.js";
import type { Settings } from "../settings.js";
import type { Table } from "../table.js";

export interface Measure {
  /** After this no further round begins. */
  readonly limitMs: number;
  /** Whether what taskgen is measured against must be installed first. */
  readonly peers?: true;
  readonly measure: (settings: Settings) => Promise<Table | readonly Table[]>;
}

/** By the names that the command line knows, in the order in which they run. */
export const MEASURES: Readonly<Record<string, Measure>> = {
  "throughput-sqlite": { limitMs: 90_000, measure: throughputSqlite },
  "throughput-memory": { limitMs: 20_000, measure: throughputMemory },
  "latency-sqlite": { limitMs: 50_000, measure: latencySqlite },
  "enqueue-sqlite": { limitMs: 30_000, measure: enqueueSqlite },
  "throughput-redis": { limitMs: 60_000, measure: throughputRedis },
  "latency-redis": { limitMs: 60_000, measure: latencyRedis },
  "throughput-amqp": { limitMs: 90_000, measure: throughputAmqp },
  "latency-amqp": { limitMs: 80_000, measure: latencyAmqp },
  "limit-redis": { limitMs: 60_000, measure: limitRedis },
  "payloads-redis": { limitMs: 90_000, measure: payloadsRedis },
  "payloads-amqp": { limitMs: 90_000, measure: payloadsAmqp },
  "payloads-sqlite": { limitMs: 90_000, measure: payloadsSqlite },
  "delayed-redis": { limitMs: 0, measure: delayedRedis },
  "delayed-amqp": { limitMs: 0, measure: delayedAmqp },
  "delayed-sqlite": { limitMs: 0, measure: delayedSqlite },
  "retries-redis": { limitMs: 0, measure: retriesRedis },
  "retries-amqp": { limitMs: 0, measure: retriesAmqp },
  "retries-sqlite": { limitMs: 0, measure: retriesSqlite },
  "workers-redis": { limitMs: 60_000, measure: workersRedis },
  "queues-redis": { limitMs: 120_000, measure: queuesRedis },
  "backlog-redis": { limitMs: 0, measure: backlogRedis },
  "backlog-amqp": { limitMs: 0, measure: backlogAmqp },
  "backlog-sqlite": { limitMs: 0, measure: backlogSqlite },
  "idle-redis": { limitMs: 0, measure: idleRedis },
  "peers-throughput-redis": { limitMs: 400_000, peers: true, measure: throughputRedisPeers },
  "peers-throughput-amqp": { limitMs: 240_000, peers: true, measure: throughputAmqpPeers },
  "peers-throughput-sqlite": { limitMs: 120_000, peers: true, measure: throughputSqlitePeers },
  "peers-latency-redis": { limitMs: 240_000, peers: true, measure: latencyRedisPeers },
  "peers-latency-amqp": { limitMs: 300_000, peers: true, measure: latencyAmqpPeers },
  "peers-enqueue-redis": { limitMs: 240_000, peers: true, measure: enqueueRedisPeers },
  "peers-enqueue-amqp": { limitMs: 120_000, peers: true, measure: enqueueAmqpPeers },
  "peers-commands-redis": { limitMs: 60_000, peers: true, measure: commandsRedis },
  codegen: { limitMs: 240_000, measure: codegen },
  "cpu-bound": { limitMs: 60_000, measure: cpuBound },
  start: { limitMs: 60_000, measure: start },
  "install-size": { limitMs: 0, measure: installSize },
  "client-bundle": { limitMs: 0, measure: clientBundle },
  "idle-memory": { limitMs: 20_000, measure: idleMemory },
};
