import type { CurrentTask } from "../run/current-task.js";

/** How a run ended that is not retried. */
export type TaskEnd =
  { readonly state: "SUCCESS"; readonly value: unknown } | { readonly state: "FAILURE"; readonly error: unknown };

/**
 * Functions that are called where the task ran, as a part of it, once its outcome is decided and before it is told. They may
 * be asynchronous and are waited for up to ten seconds, never beyond the task's `timeLimit`. One that throws or hangs
 * is logged and changes nothing. None is called for a run that was ended from outside: a time limit, a dead thread.
 */
export interface TaskHooks {
  /** It gave a value that can travel. @default none */
  onSuccess?(value: unknown, task: CurrentTask): unknown;
  /** It failed for good; the error is the one thrown, or the cause of the last retry. @default none */
  onFailure?(error: unknown, task: CurrentTask): unknown;
  /** It will run again; the error is why. @default none */
  onRetry?(error: unknown, task: CurrentTask): unknown;
  /** It succeeded or failed for good; after `onSuccess` and `onFailure`. Not for retries, rejected and ignored tasks. @default none */
  afterReturn?(end: TaskEnd, task: CurrentTask): unknown;
}
