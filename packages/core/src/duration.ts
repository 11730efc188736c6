import { ConfigError } from "./errors.js";

/**
 * A length of time with its unit: `"250ms"`, `"5s"`, `"10m"`, `"2h"`, `"1d"`. A template literal fits too:
 * `` `${3 ** attempt}s` ``.
 */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const MS_PER_UNIT = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** As far as a `Date` reaches: with a time of today added it is still an exact number. */
const LONGEST_MS = 8.64e15;

/**
 * Whole milliseconds of a `Duration`.
 * @throws ConfigError `DURATION_INVALID` when the text is not a number and a unit, is negative, or is beyond 100,000,000 days.
 */
export function milliseconds(duration: Duration): number {
  const match = /^(\d+(?:\.\d+)?(?:e\+?\d+)?)(ms|s|m|h|d)$/.exec(duration);
  const ms = match === null ? NaN : Math.round(Number(match[1]) * MS_PER_UNIT[match[2] as keyof typeof MS_PER_UNIT]);
  if (!(ms <= LONGEST_MS)) {
    throw new ConfigError(
      "DURATION_INVALID",
      `${JSON.stringify(duration)} is not a duration; write a number and a unit, such as "250ms", "5s", "10m", "2h" or "1d"`,
    );
  }
  return ms;
}
