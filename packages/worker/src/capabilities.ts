import { ConfigError } from "@taskgen/core";
import { canLimit, canStream, hasRegisters, type ResultBackend } from "@taskgen/core/internal";
import type { PlainTaskOptions } from "./pool/pool.js";

/** An option of tasks that only some result backends can honour. */
interface Need {
  readonly option: keyof PlainTaskOptions;
  readonly isMet: (results: ResultBackend) => boolean;
  /** Those that can, by their schemes. */
  readonly backends: string;
}

const ROOMS = { isMet: canLimit, backends: "redis:, sqlite: or memory:" };
const REGISTERS = { isMet: hasRegisters, backends: "redis:, postgres:, sqlite: or memory:" };

const NEEDS: readonly Need[] = [
  { option: "rateLimit", ...ROOMS },
  { option: "limit", ...ROOMS },
  { option: "dedupe", ...REGISTERS },
  { option: "debounce", ...REGISTERS },
  { option: "throttle", ...REGISTERS },
  { option: "streams", isMet: canStream, backends: REGISTERS.backends },
];

/**
 * Refuses tasks with options that this result backend cannot honour.
 * @throws ConfigError `CAPABILITY_MISSING`
 */
export function checkCapabilities(tasks: Readonly<Record<string, PlainTaskOptions>>, results: ResultBackend): void {
  for (const { option, isMet, backends } of NEEDS) {
    const name = Object.keys(tasks).find((task) => tasks[task]![option] !== undefined);
    if (name === undefined || isMet(results)) continue;
    throw new ConfigError(
      "CAPABILITY_MISSING",
      `task ${name}: ${option} cannot be honoured with results at ${results.location}; set the app's backend to ${backends}`,
    );
  }
}
