import { ConfigError } from "./errors.js";

/**
 * A length of time with its unit: `"250ms"`, `"5s"`, `"10m"`, `"2h"`, `"1d"`. A template literal fits too:
 * `` `${3 ** attempt}s` ``.
 */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const MS_PER_UNIT = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Milliseconds of a `Duration`.
 * @throws ConfigError `DURATION_INVALID` when the text is not a number and a unit, or is negative.
 */
export function milliseconds(duration: Duration): number {
  const match = /^(\d+(?:\.\d+)?(?:e\+?\d+)?)(ms|s|m|h|d)$/.exec(duration);
  if (match === null) {
    throw new ConfigError(
      "DURATION_INVALID",
      `${JSON.stringify(duration)} is not a duration; write a number and a unit, such as "250ms", "5s", "10m", "2h" or "1d"`,
    );
  }
  return Number(match[1]) * MS_PER_UNIT[match[2] as keyof typeof MS_PER_UNIT];
}
