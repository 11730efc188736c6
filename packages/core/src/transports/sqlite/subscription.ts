/** One `consume` call as the database thread keeps it. */
export interface Subscription {
  readonly id: number;
  readonly queue: string;
  credit: number;
  owned: number;
  /** When the next delayed message of its queue is due, or `UNKNOWN`. */
  nextDue: number;
  /** Nothing is ready but what others will tell of. */
  isDrained: boolean;
}

/** A due time that is looked up with the next claim. */
const UNKNOWN = 0;

/** Nobody looked while there was no room: what is known of the queue is not true any more. */
export function forget(subscription: Subscription): void {
  subscription.nextDue = UNKNOWN;
  subscription.isDrained = false;
}

/** Whether a claim would find nothing. */
export const isEmpty = ({ isDrained, nextDue }: Subscription, now: number): boolean => isDrained && nextDue > now;

/** How many more messages it may own; none while it owns more than a lowered credit. */
export const free = ({ credit, owned }: Subscription): number => Math.max(0, credit - owned);
