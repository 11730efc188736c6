import type { Consumer } from "./consumer.js";
import type { Finisher } from "./finisher.js";
import type { Pool } from "./pool/pool.js";
import type { Revocations } from "./revocations.js";
import type { OwnedJob } from "./triage.js";

/** After the grace period: how long aborted tasks have to clean up. */
const CLEAN_UP_MS = 1_000;
/** How long the broker may take to say that it sends nothing more; one that is out of reach never does. */
const STOP_MS = 5_000;
/** How long the last settlements may take. */
const DRAIN_MS = 5_000;

/** The parts of a worker that consumes. */
export interface Consuming {
  readonly consumer: Consumer;
  readonly finisher: Finisher;
  readonly pool: Pool<OwnedJob>;
  readonly revocations: Revocations;
}

/**
 * Takes no more tasks, lets those that run finish until the signal aborts, then aborts theirs and hands the rest back. True
 * when everything finished and the broker knows it.
 */
export async function shutDown(consuming: Consuming, grace: AbortSignal): Promise<boolean> {
  const { consumer } = consuming;
  await consumer.stopTaking(AbortSignal.timeout(STOP_MS));
  const clean = await consumer.finished(grace);
  if (!clean) {
    consumer.abortAll("WORKER_SHUTDOWN", "the worker stops and its grace period is over");
    await consumer.finished(AbortSignal.timeout(CLEAN_UP_MS));
  }
  const settled = await handBack(consuming);
  return clean && settled;
}

/** Undoes what was begun by a start that failed. */
export async function undoStart(consuming: Consuming): Promise<void> {
  await consuming.consumer.stopTaking(AbortSignal.timeout(STOP_MS));
  await handBack(consuming);
}

/** False when the broker or the store did not take everything in time. */
async function handBack({ consumer, finisher, pool, revocations }: Consuming): Promise<boolean> {
  const late = AbortSignal.timeout(DRAIN_MS);
  consumer.releaseAll();
  await finisher.drained(late);
  const settled = !late.aborted;
  await Promise.all([consumer.close(), pool.stop(), revocations.stop()]);
  return settled;
}
