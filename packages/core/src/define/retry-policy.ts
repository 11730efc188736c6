import type { Duration } from "../duration.js";

/**
 * How a send is tried again on a live connection: Celery's `retry_policy`. The wait before retry `n`, counted from 0, is
 * `min(intervalMax, intervalStart + n * intervalStep)`.
 */
export interface RetryPolicy {
  /** `null` is until the publish time-out. @default 3 */
  readonly maxRetries?: number | null;
  /** @default "0ms" */
  readonly intervalStart?: Duration;
  /** @default "200ms" */
  readonly intervalStep?: Duration;
  /** @default "1s" */
  readonly intervalMax?: Duration;
}

/** How hard a call tries to reach its broker. */
export interface SendOptions {
  /**
   * `false`: one attempt. A send that fails is not repeated, and a broker that cannot be reached is not waited for: the call
   * rejects with `NOT_ENQUEUED`, or `ENQUEUE_UNKNOWN` when it was under way. @default true
   */
  readonly retry?: boolean | undefined;
  /** How a send is tried again on a live connection. @default that of the app, which has Celery's values */
  readonly retryPolicy?: RetryPolicy | undefined;
  /** How long a call waits for the broker in all. @default "30s" */
  readonly publishTimeout?: Duration | undefined;
}
