import { ConfigError, milliseconds, type BatchOptions } from "@taskgen/core";
import type { BatchPlan } from "../pool/pool.js";

const DEFAULTS = { maxSize: 100, maxWait: "50ms" } as const satisfies Required<BatchOptions>;

const MOST_ITEMS = 10_000;
/** n.b. RabbitMQ takes back what nobody acknowledges within half an hour. */
const LONGEST_WAIT_MS = 600_000;

/**
 * How the calls of a task are collected.
 * @throws ConfigError `OPTION_INVALID`
 */
export function batchPlan(task: string, batch: BatchOptions): BatchPlan {
  const { maxSize, maxWait } = { ...DEFAULTS, ...batch };
  const maxWaitMs = milliseconds(maxWait);
  if (!Number.isSafeInteger(maxSize) || maxSize < 1 || maxSize > MOST_ITEMS)
    throw invalid(task, `maxSize is ${String(maxSize)}; it must be a whole number from 1 to ${MOST_ITEMS}`);
  if (maxWaitMs > LONGEST_WAIT_MS) throw invalid(task, `maxWait is ${maxWait}; it can be at most 10m`);
  return { maxSize, maxWaitMs };
}

const invalid = (task: string, what: string): ConfigError => new ConfigError("OPTION_INVALID", `task ${task}: ${what}`);
