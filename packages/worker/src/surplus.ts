import type { Lanes } from "./lanes.js";
import { OwnedJobs } from "./owned-jobs.js";
import type { BatchingPool } from "./batches/batching-pool.js";
import { isSuspect } from "./pool/entry.js";
import type { OwnedJob } from "./triage.js";

/**
 * Takes the jobs out of the pool that wait there and exceed what their queues may own, the latest first: other workers could
 * start them. n.b. what was acknowledged early cannot be handed back; what may have ended a child must not meet others.
 */
export function takeSurplus(pool: BatchingPool<OwnedJob>, lanes: Lanes): readonly OwnedJob[] {
  if (!lanes.exceed) return [];
  const waiting = pool.takeWaiting();
  if (waiting.length === 0) return [];
  const aside = new OwnedJobs();
  for (const job of waiting) aside.add(job);
  const rooms = lanes.rooms(aside);
  const isKept = (job: OwnedJob): boolean => {
    const { queue } = job.delivery.envelope;
    const room = rooms.get(queue) ?? 0;
    rooms.set(queue, room - 1);
    return job.early || isSuspect(job) || room > 0;
  };
  const kept = new Set(waiting.filter(isKept));
  pool.run(waiting.filter((job) => kept.has(job)));
  return waiting.filter((job) => !kept.has(job));
}
