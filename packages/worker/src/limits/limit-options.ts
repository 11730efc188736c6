import { ConfigError, type KeyedLimit, type TaskOptions } from "@taskgen/core";
import { parseRate } from "@taskgen/core/internal";

/**
 * Refuses limits that could not be kept.
 * @throws ConfigError `OPTION_INVALID`
 */
export function checkLimitOptions(name: string, { rateLimit, limit }: TaskOptions): void {
  if (rateLimit !== undefined) parseRate(`task ${name}: rateLimit`, rateLimit);
  if (limit === undefined) return;
  const wrong = reasonAgainst(limit);
  if (wrong !== undefined) throw new ConfigError("OPTION_INVALID", `task ${name}: limit ${wrong}`);
  if (limit.rate !== undefined) parseRate(`task ${name}: limit.rate`, limit.rate);
}

function reasonAgainst({ key, concurrency, rate }: KeyedLimit): string | undefined {
  if (typeof key !== "string" || key === "") return 'needs a key, such as "userId"';
  if (concurrency === undefined && rate === undefined) return "needs a concurrency or a rate";
  const isCount = concurrency === undefined || (Number.isInteger(concurrency) && concurrency >= 1);
  return isCount ? undefined : "needs a concurrency that is a whole number from 1";
}
