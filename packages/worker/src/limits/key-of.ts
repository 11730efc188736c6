import { argumentKey, type Codec } from "@taskgen/core/internal";
import type { OwnedJob } from "../triage.js";
import type { LimitPolicy } from "./policy.js";

/** The key of a task that has one limit for all its calls. */
const NO_KEY = "*";

/**
 * The key of a job's limit: as its message says, otherwise from its arguments. `undefined`: they cannot be read, and the task will not
 * run with them.
 * @throws ConfigError `OPTION_INVALID` for what is no key
 */
export function keyOf(job: OwnedJob, { keyPath }: LimitPolicy, codec: Pick<Codec, "decode">): string | undefined {
  if (keyPath === undefined) return NO_KEY;
  // n.b. an empty one would be that of the room
  if (job.header.limitKey !== undefined) return job.header.limitKey || NO_KEY;
  const args = decoded(job, codec);
  return Array.isArray(args) ? argumentKey(args, keyPath) : undefined;
}

function decoded({ args }: OwnedJob, codec: Pick<Codec, "decode">): unknown {
  try {
    return codec.decode(args);
  } catch {
    return undefined;
  }
}
