import type { Task } from "@taskgen/core";
import type { PlannedCall } from "../caller.js";
import type { Random } from "../random.js";

/** A part of the engine: tasks that use it, and calls of them. A simulation has some of them at once. */
export interface Feature {
  readonly tasks: Readonly<Record<string, Task>>;
  readonly draw: (random: Random) => PlannedCall;
}

/** How long tasks take: mostly briefly, some longer than a lease. */
export const drawMs = (random: Random): number => random.skewed(0, random.pick([50, 500, 6_000]));

/** Options that any call may have. */
export function drawOptions(random: Random): PlannedCall["options"] {
  const ms = (max: number): `${number}ms` => `${random.int(1, max)}ms`;
  return {
    ...(random.chance(0.15) && { countdown: ms(4_000) }),
    ...(random.chance(0.15) && { expires: ms(3_000) }),
    ...(random.chance(0.1) && { ignoreResult: true }),
    ...(random.chance(0.1) && { publishTimeout: ms(2_000) }),
    ...(random.chance(0.1) && { retry: false }),
  };
}
