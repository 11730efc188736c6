import type { PlannedCall } from "./caller.js";
import { drawFeatures, featureOf, type FeatureName } from "./features.js";
import type { Random } from "./random.js";
import type { Rules } from "./world.js";

/** What happens to the processes of a simulation. */
export type Disturbance =
  | { readonly kind: "crash" | "stop" | "lose-lease" | "crash-client" | "leave-client" }
  | { readonly kind: "cut" | "freeze" | "cut-client"; readonly ms: number }
  | { readonly kind: "revoke"; readonly children: boolean };

/** What is drawn from a seed before a simulation begins. */
export interface Scenario {
  readonly rules: Rules;
  readonly features: readonly FeatureName[];
  readonly workers: number;
  readonly clients: number;
  readonly concurrency: number;
  readonly calls: readonly (PlannedCall & { readonly atMs: number })[];
  readonly disturbances: readonly { readonly atMs: number; readonly what: Disturbance }[];
  /** When all faults cease. */
  readonly calmAtMs: number;
}

const LEASE_MS = 3_000;

/** n.b. each seed has some of the faults only: all at once hide each other. */
export function drawScenario(random: Random): Scenario {
  const calmAtMs = random.int(8, 25) * 1_000;
  const workers = random.int(1, 3);
  const features = drawFeatures(random);
  return {
    rules: drawRules(random),
    features,
    workers,
    clients: random.int(1, 2),
    concurrency: random.pick([1, 2, 4]),
    calls: Array.from({ length: random.int(4, 16) }, () => ({
      ...featureOf(random.pick(features)).draw(random),
      atMs: random.skewed(0, calmAtMs),
    })),
    disturbances: drawDisturbances(random, calmAtMs),
    calmAtMs,
  };
}

function drawRules(random: Random): Rules {
  const isPlain = random.chance(0.25);
  const rate = (max: number): number => (random.chance(0.5) ? 0 : random.next() * max);
  return {
    fuses: !isPlain && random.chance(0.6),
    dedupe: !isPlain,
    atomicRetry: !isPlain,
    losesAtCut: isPlain,
    leaseMs: LEASE_MS,
    reorders: random.chance(0.5),
    latencyMs: random.pick([2, 20, 200]),
    slowMs: random.pick([500, 4_000]),
    rates: { refused: rate(0.2), unanswered: rate(0.2), late: rate(0.1), partial: rate(0.2), slow: rate(0.1) },
  };
}

function drawDisturbances(random: Random, calmAtMs: number): Scenario["disturbances"] {
  const kinds = (["crash", "stop", "cut", "freeze", "lose-lease", "revoke", "cut-client"] as const).filter(() =>
    random.chance(0.5),
  );
  if (random.chance(0.15)) return drawn(["crash-client", "leave-client", ...kinds]);
  return kinds.length === 0 ? [] : drawn(kinds);

  function drawn(from: readonly Disturbance["kind"][]): Scenario["disturbances"] {
    return Array.from({ length: random.int(0, 10) }, () => ({
      atMs: random.int(0, calmAtMs),
      what: disturbance(random, random.pick(from)),
    }));
  }
}

function disturbance(random: Random, kind: Disturbance["kind"]): Disturbance {
  if (kind === "cut" || kind === "freeze" || kind === "cut-client")
    return { kind, ms: random.skewed(10, 3 * LEASE_MS) };
  return kind === "revoke" ? { kind, children: random.chance(0.3) } : { kind };
}
