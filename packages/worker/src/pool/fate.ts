import type { RemoteError } from "@taskgen/core";
import type { Verdict } from "../verdict.js";
import type { Entry } from "./entry.js";
import type { Job } from "./pool.js";
import { SLOT } from "./slots.js";

/** What becomes of a job whose thread is gone. */
export type Fate = "run again" | "charge and run again alone" | Extract<Verdict, { kind: "worker-lost" }>;

/**
 * | the job | late | early |
 * | --- | --- | --- |
 * | was not claimed | runs again | runs |
 * | ran in a thread that was ended because of another job | runs again | is lost |
 * | had finished, its verdict died with the thread | runs again | is lost |
 * | ran when the thread died, and so may be the culprit | is charged and runs again alone, or is lost | is lost |
 */
export function fateOf(entry: Entry<Job>, death: { readonly condemned: boolean; readonly reason: string }): Fate {
  const { job, charges, place } = entry;
  const state = place?.slots.state(place.index);
  if (state !== SLOT.claimed && state !== SLOT.finished) return "run again";
  if (job.early) return lost(job, `its thread ended while it ran: ${death.reason}; it is acknowledged early and cannot run again`);
  if (death.condemned || state === SLOT.finished) return "run again";
  const deaths = job.redeliveries + charges + 1;
  if (deaths <= job.maxRedeliveries) return "charge and run again alone";
  return lost(job, `${deaths} ${deaths === 1 ? "thread or worker" : "threads or workers"} died with it, the last one: ${death.reason}`);
}

function lost({ task, id }: Job, message: string): Extract<Verdict, { kind: "worker-lost" }> {
  const error: RemoteError = { name: "WorkerLost", code: "WORKER_LOST", message: `${task} (${id}): ${message}` };
  return { kind: "worker-lost", error };
}
