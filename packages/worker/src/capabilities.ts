import { ConfigError } from "@taskgen/core";
import { canLimit, canStream, hasRegisters, type ResultBackend } from "@taskgen/core/internal";
import type { PlainTaskOptions } from "./pool/pool.js";

/** An option of tasks that only some result backends can honour. */
interface Need {
  readonly option: keyof PlainTaskOptions;
  readonly isMet: (results: ResultBackend) => boolean;
}

const NEEDS: readonly Need[] = [
  { option: "rateLimit", isMet: canLimit },
  { option: "limit", isMet: canLimit },
  { option: "dedupe", isMet: hasRegisters },
  { option: "debounce", isMet: hasRegisters },
  { option: "throttle", isMet: hasRegisters },
  { option: "streams", isMet: canStream },
];

/**
 * Refuses tasks with options that this result backend cannot honour.
 * @throws ConfigError `CAPABILITY_MISSING`
 */
export function checkCapabilities(tasks: Readonly<Record<string, PlainTaskOptions>>, results: ResultBackend): void {
  for (const { option, isMet } of NEEDS) {
    const name = Object.keys(tasks).find((task) => tasks[task]![option] !== undefined);
    if (name !== undefined && !isMet(results)) throw missing(name, option, results.location);
  }
}

const missing = (task: string, option: string, location: string): ConfigError =>
  new ConfigError(
    "CAPABILITY_MISSING",
    `task ${task}: ${option} cannot be honoured with results at ${location}; set the app's backend to redis:, sqlite: or memory:`,
  );
