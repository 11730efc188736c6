export { createWorker, Worker } from "./worker.js";
export type { PoolKind, WorkerInfo, WorkerOptions } from "./worker-options.js";
export type { WorkerQueue } from "./queues.js";
export type { TaskEvent, WorkerEvents } from "./events.js";
export type { ConnectionHealth, HealthStatus, WorkerHealth } from "./health.js";
export type { MemorySize } from "./memory-size.js";
export type { Autoscale, LogFields, LogLevel } from "./pool/pool.js";
