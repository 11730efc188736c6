import { ConfigError, type Rate } from "@taskgen/core";
import { parseRate, type LimitRules } from "@taskgen/core/internal";
import type { PlainTaskOptions } from "../pool/pool.js";

/** The limits of a task, as a worker keeps them. */
export interface LimitPolicy {
  /** The name of the task. */
  readonly room: string;
  readonly rules: LimitRules;
  /** Where its arguments have the key; none: there is one for all. */
  readonly keyPath: string | undefined;
  /** `false`: it was once, and who waits since then need wait no more. */
  readonly isLimited: boolean;
  /** A start has a time, and may be missed. */
  readonly isPaced: boolean;
  /** Slots are to be kept while tasks run, and freed. */
  readonly hasSlots: boolean;
}

/** Which part of its window a start may be late. */
const LATE_PART = 0.05;
/** It may be as late in the shortest window. */
const LEAST_LATE_MS = 25;

/** How late a start of a rate may be, and how far apart they are: so far that no window has more of them than the rate says. */
interface Pace {
  readonly everyMs: number | undefined;
  readonly lateMs: number;
}

/** @throws ConfigError `OPTION_INVALID` */
export function limitPolicy(name: string, { rateLimit, limit, limitKey }: PlainTaskOptions): LimitPolicy {
  const pace = paceOf(rateLimit);
  const keyPace = paceOf(limit?.rate);
  return {
    room: name,
    rules: {
      everyMs: pace.everyMs,
      keyEveryMs: keyPace.everyMs,
      concurrency: limit?.concurrency,
      lateMs: Math.min(pace.lateMs, keyPace.lateMs),
    },
    keyPath: limit && indexPath(name, limitKey ?? limit.key),
    isLimited: rateLimit !== undefined || limit !== undefined,
    isPaced: pace.everyMs !== undefined || keyPace.everyMs !== undefined,
    hasSlots: limit?.concurrency !== undefined,
  };
}

function paceOf(rate: Rate | undefined): Pace {
  if (rate === undefined) return { everyMs: undefined, lateMs: Number.MAX_SAFE_INTEGER };
  const { count, windowMs } = parseRate("a rate", rate);
  const lateMs = Math.max(LEAST_LATE_MS, windowMs * LATE_PART);
  return { everyMs: (windowMs + lateMs) / count, lateMs };
}

function indexPath(name: string, path: string): string {
  if (/^\d+(?:\.|$)/.test(path)) return path;
  throw new ConfigError(
    "OPTION_INVALID",
    `task ${name}: the key ${path} of its limit is not known to the registry; run \`npx taskgen\`, or begin it with the index of a parameter, such as "0.id"`,
  );
}
