/** One `consume` call as the database thread keeps it. */
export interface Subscription {
  readonly id: number;
  readonly queue: string;
  credit: number;
  owned: number;
  /** When the next delayed message of its queue is due, or `UNKNOWN`. */
  nextDue: number;
}

/** A due time that is looked up with the next claim: nobody looked while there was no room. */
export const UNKNOWN = 0;

/** How many more messages it may own; none while it owns more than a lowered credit. */
export const free = ({ credit, owned }: Subscription): number => Math.max(0, credit - owned);
