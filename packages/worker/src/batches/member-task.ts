import type { RunningTask } from "@taskgen/core/internal";
import type { Member } from "./wire.js";

/** One call of a batch as its hooks, its checks and its errors see it; all else is that of the run. */
export const memberTask = (run: RunningTask, member: Member): RunningTask => ({
  id: member.id,
  name: run.name,
  retries: member.retries,
  redeliveries: member.redeliveries,
  rootId: member.rootId,
  parentId: member.parentId,
  headers: member.headers,
  idempotencyKey: member.id,
  log: run.log,
  batch: run.batch,
  descent: run.descent,
  reporting: run.reporting,
  place: run.place,
  storesNothing: run.storesNothing,
  streamed: undefined,
  resumeFrom: () => run.resumeFrom(),
  get signal() {
    return run.signal;
  },
  get remainingMs() {
    return run.remainingMs;
  },
  checkpoint: () => run.checkpoint(),
  retry: (options) => run.retry(options),
  join: (wait) => run.join(wait),
});
