import { monotonicMs } from "./clock.js";
import type { Job, StopReason } from "./pool.js";
import type { JobHead } from "./protocol.js";
import { SLOT, type Slots } from "./slots.js";

/** Where a job was posted, and its slot: in memory that a thread shares. */
export interface Place {
  readonly key: number;
  readonly slots: Slots;
  readonly index: number;
  /** Monotonic milliseconds, from which the slot counts its start. */
  readonly epoch: number;
}

/** A job in the pool, until its verdict. */
export interface Entry<J extends Job> {
  readonly job: J;
  /** None while it waits in the main thread. */
  place: Place | undefined;
  /** Why its signal was aborted. */
  aborted: StopReason | undefined;
}

export const createEntry = <J extends Job>(job: J): Entry<J> => ({
  job,
  place: undefined,
  aborted: undefined,
});

/** Runs in a child with no other: it asks for that, or is suspected of having ended one. */
export const runsAlone = ({ job }: Entry<Job>): boolean => job.isolate || isSuspect(job);

function hasOwn(headers: Job["headers"]): boolean {
  for (const _ in headers) return true;
  return false;
}

/** A child died while it ran: it may have been the reason. */
export const isSuspect = ({ charges = 0 }: Job): boolean => charges > 0;

/** How many workers, threads and processes died with it. */
export const deathsOf = ({ redeliveries, charges = 0 }: Job): number => redeliveries + charges;

export const headOf = ({ job }: Entry<Job>): JobHead => [
  job.id,
  job.task,
  job.retries,
  deathsOf(job),
  job.rootId === job.id ? undefined : job.rootId,
  job.parentId,
  hasOwn(job.headers) ? job.headers : undefined,
  job.expires,
  job.softTimeLimitMs,
  job.trackStarted,
  job.contract,
  job.timeLimitMs,
  job.ancestors.length === 0 ? undefined : job.ancestors,
  job.startBy,
  job.storesNothing || undefined,
  job.seal,
];

/** Its function is over, and its verdict on its way. */
export const hasFinished = ({ place }: Entry<Job>): boolean => place?.slots.state(place.index) === SLOT.finished;

/** How long it has been running; zero when that is not known, it has not begun, or its verdict is on its way. */
export function runtimeOf({ place }: Entry<Job>): number {
  if (place === undefined || place.slots.state(place.index) !== SLOT.claimed) return 0;
  const startMs = place.slots.startMs(place.index);
  return startMs === 0 ? 0 : Math.max(0, monotonicMs() - place.epoch - startMs);
}
