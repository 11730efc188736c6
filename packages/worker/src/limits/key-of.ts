import { argumentKey, type Codec, type Sealer } from "@taskgen/core/internal";
import { openArguments } from "../sealing.js";
import type { OwnedJob } from "../triage.js";
import type { LimitPolicy } from "./policy.js";

/** What arguments are read with. */
export interface ArgumentReading {
  readonly codec: Pick<Codec, "decode">;
  /** Opens them, where the app has keys. */
  readonly sealer: Sealer | undefined;
}

/** The key of a task that has one limit for all its calls. */
const NO_KEY = "*";

/**
 * The key of a job's limit: as its message says, otherwise from its arguments. `undefined`: they cannot be read, and the task will not
 * run with them.
 * @throws ConfigError `OPTION_INVALID` for what is no key
 */
export function keyOf(job: OwnedJob, { keyPath }: LimitPolicy, reading: ArgumentReading): string | undefined {
  if (keyPath === undefined) return NO_KEY;
  // n.b. an empty one would be that of the room
  if (job.header.limitKey !== undefined) return job.header.limitKey || NO_KEY;
  const args = decoded(job, reading);
  return Array.isArray(args) ? argumentKey(args, keyPath) : undefined;
}

function decoded(job: OwnedJob, { codec, sealer }: ArgumentReading): unknown {
  try {
    return codec.decode(openArguments(sealer, job.id, job));
  } catch {
    return undefined;
  }
}
