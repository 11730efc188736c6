import { milliseconds, type Duration } from "../duration.js";
import { ConfigError } from "../errors.js";
import type { Rate } from "./limits.js";

/** So many starts within a window. */
export interface ParsedRate {
  readonly count: number;
  readonly windowMs: number;
}

/**
 * What a `Rate` says. `what` has it: the task and its option.
 * @throws ConfigError `OPTION_INVALID`
 */
export function parseRate(what: string, rate: Rate): ParsedRate {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\/(.+)$/.exec(rate) ?? [];
  const windowMs = unit === undefined ? 0 : windowOf(unit);
  if (Number(count) > 0 && windowMs > 0) return { count: Number(count), windowMs };
  throw new ConfigError(
    "OPTION_INVALID",
    `${what} is ${JSON.stringify(rate)}; write how many in which time, such as "100/m" or "5/10s"`,
  );
}

function windowOf(unit: string): number {
  try {
    return milliseconds((/^[smhd]$/.test(unit) ? `1${unit}` : unit) as Duration);
  } catch {
    return 0;
  }
}
