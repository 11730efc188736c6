import type { RemoteError } from "@taskgen/core";
import type { Verdict } from "../verdict.js";
import type { ChildKind } from "./child.js";
import { deathsOf, runtimeOf, type Entry } from "./entry.js";
import type { Ended, Job, StopReason } from "./pool.js";
import { SLOT } from "./slots.js";

/** Why a thread or process is gone. */
export interface Death {
  /** It was ended because of a job that is settled already. */
  readonly condemned: boolean;
  readonly kind: ChildKind;
  readonly reason: string;
}

/** What becomes of a job whose thread or process is gone. */
export type Fate = "run again" | "charge and run again alone" | Extract<Verdict, { kind: "worker-lost" | "failure" }>;

/**
 * | the job | late | early |
 * | --- | --- | --- |
 * | was not claimed | runs again | runs |
 * | ran in one that was ended because of another job | runs again | is lost |
 * | ran and was told to stop | fails with the reason | is lost |
 * | had finished, its verdict died with the thread | runs again | is lost |
 * | ran when the thread died, and so may be the culprit | is charged and runs again alone, or is lost | is lost |
 */
export function fateOf(entry: Entry<Job>, death: Death): Fate {
  const { job, place } = entry;
  const state = place?.slots.state(place.index);
  if (state !== SLOT.claimed && state !== SLOT.finished) return "run again";
  if (job.early)
    return lost(
      job,
      `its ${death.kind} ended while it ran: ${death.reason}; it is acknowledged early and cannot run again`,
    );
  if (entry.aborted !== undefined) return stoppedBy(entry.aborted);
  if (death.condemned || state === SLOT.finished) return "run again";
  const deaths = deathsOf(job) + 1;
  if (deaths <= job.maxRedeliveries) return "charge and run again alone";
  return lost(
    job,
    `${deaths} ${deaths === 1 ? `${death.kind} or worker` : `${PLURAL[death.kind]} or workers`} died with it, the last one: ${death.reason}`,
  );
}

/** Charges those who may be guilty, and tells the jobs that run again from those that end. */
export function separate<J extends Job>(
  entries: readonly Entry<J>[],
  death: Death,
): { again: Entry<J>[]; ended: Ended<J>[] } {
  const again: Entry<J>[] = [];
  const ended: Ended<J>[] = [];
  for (const entry of entries) {
    const fate = fateOf(entry, death);
    if (typeof fate !== "string") ended.push({ job: entry.job, verdict: fate, runtimeMs: runtimeOf(entry) });
    else again.push(entry);
    if (fate === "charge and run again alone") entry.job.charges = (entry.job.charges ?? 0) + 1;
  }
  return { again, ended };
}

export const PLURAL = { thread: "threads", process: "processes" } as const satisfies Record<ChildKind, string>;

function lost({ task, id }: Job, message: string): Extract<Verdict, { kind: "worker-lost" }> {
  const error: RemoteError = { name: "WorkerLost", code: "WORKER_LOST", message: `${task} (${id}): ${message}` };
  return { kind: "worker-lost", error };
}

/** The verdict of a job that was told to stop. */
export const stoppedBy = (reason: StopReason): Extract<Verdict, { kind: "failure" }> => ({
  kind: "failure",
  error: { name: "TaskAborted", ...reason },
  expected: false,
});
