import type { Duration } from "../duration.js";

/** When and how often to try again. */
export interface RetryOptions {
  /** @default the task's back-off, or its `defaultRetryDelay` */
  readonly countdown?: Duration;
  readonly eta?: Date;
  /** Overrides the task's `maxRetries` for this decision. */
  readonly maxRetries?: number | null;
  /** Why; the reason that is logged, and the failure when no retry is left. */
  readonly cause?: unknown;
}

/** Thrown by a task to run again later; made by `currentTask().retry()`. */
export class RetryTask extends Error {
  override readonly name = "RetryTask";
  readonly options: RetryOptions;

  constructor(options: RetryOptions = {}) {
    super("the task asked to be retried", options.cause === undefined ? {} : { cause: options.cause });
    this.options = options;
  }
}

/** Thrown by a task to end as REJECTED: its message becomes a dead letter with this reason. */
export class RejectTask extends Error {
  override readonly name = "RejectTask";
}

/** Thrown by a task to end as IGNORED, without a result. */
export class IgnoreTask extends Error {
  override readonly name = "IgnoreTask";
}

export type AbortCode =
  "SOFT_TIME_LIMIT_EXCEEDED" | "TIME_LIMIT_EXCEEDED" | "DELIVERY_LOST" | "WORKER_SHUTDOWN" | "TASK_REVOKED";

/** Why `currentTask().signal` aborted. */
export class TaskAborted extends Error {
  override readonly name: string = "TaskAborted";
  readonly code: AbortCode;

  constructor(code: AbortCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The task's soft time limit has passed: the reason of `currentTask().signal`, and what `checkpoint()` throws. What the task
 * then returns or throws is its outcome.
 *
 * @example
 * ```ts
 * try {
 *   for (const row of rows) {
 *     currentTask().checkpoint();
 *     copy(row);
 *   }
 * } catch (error) {
 *   if (!(error instanceof SoftTimeLimitExceeded)) throw error;
 *   return { complete: false };
 * }
 * ```
 */
export class SoftTimeLimitExceeded extends TaskAborted {
  override readonly name = "SoftTimeLimitExceeded";

  constructor(message: string) {
    super("SOFT_TIME_LIMIT_EXCEEDED", message);
  }
}
