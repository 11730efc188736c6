/** One `consume` call as the database thread keeps it. */
export interface Subscription {
  readonly id: number;
  readonly queue: string;
  credit: number;
  owned: number;
  /** When the next delayed message of its queue is due. */
  nextDue: number;
}

/** How many more messages it may own; none while it owns more than a lowered credit. */
export const free = ({ credit, owned }: Subscription): number => Math.max(0, credit - owned);
