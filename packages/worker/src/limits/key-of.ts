import { argumentKey, type Codec } from "@taskgen/core/internal";
import type { OwnedJob } from "../triage.js";
import type { LimitPolicy } from "./policy.js";

/** The key of a task that has one limit for all its calls. */
const NO_KEY = "*";

/**
 * The key of a job's limit: as its caller wrote it, otherwise from its arguments. `undefined`: they cannot be read, and the task will
 * not run with them.
 */
export function keyOf(job: OwnedJob, { keyPath }: LimitPolicy, codec: Pick<Codec, "decode">): string | undefined {
  if (keyPath === undefined) return NO_KEY;
  // n.b. an empty one would be that of the room
  if (job.header.limitKey !== undefined) return job.header.limitKey || NO_KEY;
  try {
    const args = codec.decode(job.args);
    return Array.isArray(args) ? argumentKey(args, keyPath) : undefined;
  } catch {
    return undefined;
  }
}
