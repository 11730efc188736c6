import type { Emitter } from "@taskgen/core/internal";
import type { WorkerEvents } from "./events.js";
import type { Ended, Job } from "./pool/pool.js";

/** Tells the listeners how a job ended. */
export function reportEnd(events: Emitter<WorkerEvents>, { job: { id, task }, verdict, runtimeMs }: Ended<Job>): void {
  switch (verdict.kind) {
    case "success":
      return events.emit("task-succeeded", () => ({ id, task, runtimeMs, result: verdict.body }));
    case "failure":
      return events.emit("task-failed", () => ({
        id,
        task,
        runtimeMs,
        error: verdict.error,
        expected: verdict.expected,
      }));
    case "worker-lost":
      return events.emit("task-failed", () => ({ id, task, runtimeMs, error: verdict.error, expected: false }));
    case "retry":
      return events.emit("task-retried", () => ({ id, task, delayMs: verdict.delayMs, error: verdict.error }));
    case "reject":
      return events.emit("task-rejected", () => ({ id, task, error: verdict.error }));
    case "revoke":
      return events.emit("task-revoked", () => ({ id, task, error: verdict.error, terminated: verdict.terminated }));
    case "ignore":
      return events.emit("task-ignored", () => ({ id, task }));
    case "late":
      return;
    default:
      return verdict satisfies never;
  }
}
