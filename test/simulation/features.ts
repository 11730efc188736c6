import { milliseconds, type Rate, type Registry, type TaskOptions } from "@taskgen/core";
import { definitionOf, parseRate } from "@taskgen/core/internal";
import type { LimitTerms, RateTerms } from "../support/history/limit-rules.js";
import type { SameAs } from "../support/history/power-entries.js";
import type { PlannedCall } from "./caller.js";
import { basics } from "./features/basics.js";
import { batches } from "./features/batches.js";
import type { Feature } from "./features/feature.js";
import { keys } from "./features/keys.js";
import { limits } from "./features/limits.js";
import { reports } from "./features/progress.js";
import { streams } from "./features/streams.js";
import type { Random } from "./random.js";

/** What a simulation may have besides plain tasks. */
const FEATURES = { basics, limits, keys, streams, batches, reports } as const satisfies Readonly<
  Record<string, Feature>
>;

export type FeatureName = keyof typeof FEATURES;

/** How often a simulation has each of them; plain tasks are in all. */
const CHANCES: Readonly<Record<Exclude<FeatureName, "basics">, number>> = {
  limits: 0.25,
  keys: 0.25,
  streams: 0.2,
  batches: 0.2,
  reports: 0.1,
};

export function drawFeatures(random: Random): readonly FeatureName[] {
  const others = Object.keys(CHANCES) as (keyof typeof CHANCES)[];
  return ["basics", ...others.filter((name) => random.chance(CHANCES[name]))];
}

export const featureOf = (name: FeatureName): Feature => FEATURES[name];

/** What workers know that run these. */
export function registryOf(names: readonly FeatureName[]): Registry {
  const tasks = names.flatMap((name) => Object.entries(FEATURES[name].tasks));
  return {
    url: import.meta.url,
    tasks: Object.fromEntries(
      tasks.map(([name, one]) => [name, { source: `the simulation's ${name}`, load: async () => one }]),
    ),
  };
}

const OPTIONS: ReadonlyMap<string, TaskOptions> = new Map(
  Object.values(FEATURES).flatMap(({ tasks }: Feature) =>
    Object.entries(tasks).map(([name, task]) => [name, definitionOf(task)!.options] as const),
  ),
);

/** The options of a task; none of one that nobody knows. */
export const optionsOf = (task: string): TaskOptions => OPTIONS.get(task) ?? {};

/** The key of a call's limit. */
export function keyOf(task: string, args: readonly unknown[]): string | undefined {
  const key = optionsOf(task).limit?.key;
  return key === undefined ? undefined : String(args[Number(key)]);
}

/** What makes a call the same as others, and for how long. */
export function sameAs({ task, args, options }: PlannedCall): SameAs | undefined {
  const { dedupe, throttle } = optionsOf(task);
  const key = `${task} ${String(args[0])}`;
  if (options.idempotencyKey !== undefined) return { key, ms: milliseconds(options.idempotencyTtl ?? "24h") };
  const ttl = dedupe?.ttl ?? throttle?.every;
  return ttl && { key, ms: milliseconds(ttl) };
}

/** What a task with a limit promises. */
export function limitTermsOf(task: string): LimitTerms | undefined {
  const { limit, rateLimit } = optionsOf(task);
  if (limit === undefined && rateLimit === undefined) return undefined;
  const parse = (rate: Rate | undefined): RateTerms | undefined => rate && parseRate(task, rate);
  return { concurrency: limit?.concurrency, rate: parse(rateLimit), keyRate: parse(limit?.rate) };
}
