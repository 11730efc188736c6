import type { Feed } from "./delivery.js";

/** The largest prefetch that a quorum queue grants one consumer. */
const MAX_PREFETCH = 2_000;
/** Up to here every change of the credit counts; above, a rise counts when it is worth a round trip. */
const SMALL = 8;
const WORTHWHILE = 1.5;

/** What to change of a channel's consumers. */
export interface Step {
  /** The prefetch of one more consumer; 0: none. */
  readonly add: number;
  readonly cancel: readonly Feed[];
}

/** The credit to work with when `next` is asked for: never more than that, and not risen for a trifle. */
export function steadied(now: number, next: number): number {
  return next < now || now < SMALL || next >= now * WORTHWHILE ? next : now;
}

/**
 * The next step towards consumers that together own `credit` messages at most; `wait`: there is one, when nothing comes; undefined when
 * nothing is to be done. What cancelled consumers still own counts until it is settled.
 */
export function nextStep(
  feeds: readonly Feed[],
  { credit, owned, isCalm }: { readonly credit: number; readonly owned: number; readonly isCalm: boolean },
): Step | "wait" | undefined {
  const granted = feeds.reduce((sum, feed) => sum + feed.credit, 0);
  const left = owned - feeds.reduce((sum, feed) => sum + feed.owned, 0);
  const gap = credit - granted - left;
  if (gap < 0 && feeds.length > 0) {
    const last = feeds.slice(-1);
    // n.b. the broker counts a death for what is on its way to a consumer that is cancelled
    return isCalm || credit === 0 || last.every(isFull) ? { add: 0, cancel: last } : "wait";
  }
  // n.b. a broker serves consumers in turn: an idle worker should not count as many
  if (owned === 0 && feeds.length > 1 && credit <= MAX_PREFETCH) return isCalm ? { add: 0, cancel: feeds } : "wait";
  const isWorthwhile = gap > 0 && (left === 0 || gap >= credit / 4);
  return isWorthwhile ? { add: Math.min(gap, MAX_PREFETCH), cancel: [] } : undefined;
}

const isFull = ({ credit, owned }: Feed): boolean => owned >= credit;
