import type { Frame, Sample } from "./thread-profile.js";

/** Self time of all frames of one name. */
export interface Sum {
  readonly name: string;
  readonly ms: number;
}

/** Self times summed by a name of the frame, the largest first. */
export function sumsOf(samples: readonly Sample[], nameOf: (frame: Frame) => string): Sum[] {
  const sums = new Map<string, number>();
  for (const { frame, ms } of samples) sums.set(nameOf(frame), (sums.get(nameOf(frame)) ?? 0) + ms);
  return [...sums].map(([name, ms]) => ({ name, ms })).toSorted((a, b) => b.ms - a.ms);
}
