import type { TimedEntry } from "./entries.js";
import type { Rule } from "./check.js";

type Entry<K extends TimedEntry["kind"]> = Extract<TimedEntry, { readonly kind: K }> & { readonly index: number };

/**
 * Whatever runs again without being retried was interrupted, taken away, or disturbed on its way. For histories without the
 * broker's own entries; where it tells, `deathsAreCounted` says more.
 */
export const runsAgainForAReason: Rule = (life, { processes }, { tellsClaims }) => {
  if (tellsClaims) return undefined;
  const isBetween = (from: number, to: number) => (one: { readonly index: number }) =>
    one.index > from && one.index < to;
  const starts = life.of("start");
  const faults = [...processes.values()].flatMap((process): Entry<"fault">[] => [...process.of("fault")]);
  const strange = starts.find((start, i) => {
    const before = starts.findLast((one, j) => j < i && one.retries === start.retries);
    if (before === undefined) return false;
    const within = isBetween(before.index, start.index);
    const steps = processes.get(before.by)?.of("process") ?? [];
    const isDisturbed = faults.some(({ index }) => index < start.index);
    return !life.of("lost").some(within) && !steps.filter(({ what }) => what !== "runs").some(within) && !isDisturbed;
  });
  return strange && `ran again in ${strange.by} although nothing had gone wrong`;
};
