import { milliseconds } from "../duration.js";
import { ConfigError } from "../errors.js";
import type { TaskOptions } from "./task-options.js";

/**
 * Refuses a soft limit that the hard one would always come before.
 * @throws ConfigError `OPTION_INVALID`
 */
export function checkLimits(what: string, options: Pick<TaskOptions, "timeLimit" | "softTimeLimit">): void {
  const { timeLimit, softTimeLimit } = options;
  if (timeLimit === undefined || softTimeLimit === undefined) return;
  if (milliseconds(softTimeLimit) <= milliseconds(timeLimit)) return;
  throw new ConfigError(
    "OPTION_INVALID",
    `${what}: softTimeLimit (${softTimeLimit}) must not be longer than timeLimit (${timeLimit})`,
  );
}
