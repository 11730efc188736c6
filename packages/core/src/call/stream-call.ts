import type { AsyncResult, AsyncResultWith, Extras, GetOptions } from "./async-result.js";
import type { TaskCalls, TaskCallsWith, TaskCallWith } from "./task-call.js";

/** How to read a stream. */
export interface StreamOptions extends GetOptions {
  /** Begins after the item of this number; those up to it count as read. @default 0 */
  readonly after?: number;
  /** Revokes the task when the loop is left before the end. @default false */
  readonly revokeOnReturn?: boolean;
}

/** Something whose task yields items `Y`. */
export interface Streamed<Y> {
  /**
   * What the task yields, in order and each item once, as long as this is the only reader. Ends when the task has returned, and
   * throws its error after the items before it. Items are read a page at a time, and the task waits where it is too far ahead:
   * a loop that is left early makes it wait, and fail in the end (`STREAM_STALLED`), unless it is revoked.
   *
   * `timeout` is that between two items. Throws a `ResultError` like `get`, and with code `STREAM_READ` where the next items were
   * read by somebody else; a `ConfigError` `CAPABILITY_MISSING` where the result backend cannot pass on streams.
   */
  stream(options?: StreamOptions): AsyncIterable<Y>;
}

/** The `AsyncResult` of a task that yields items `Y` and returns `R`. */
export interface StreamResult<Y, R> extends AsyncResult<R>, Streamed<Y> {}

/** A `StreamResult` of a task that declares extras. */
export interface StreamResultWith<Y, R, X extends Extras> extends AsyncResultWith<R, X>, Streamed<Y> {}

/** A `TaskCall` of a task that yields items `Y` and returns `R`. */
export interface StreamCall<Y, R> extends Promise<StreamResult<Y, R>>, Streamed<Y> {
  readonly id: string;
  /** What the task returns in the end: `(await call).get(options)`. */
  get(options?: GetOptions): Promise<R>;
}

/** A `StreamCall` of a task that declares extras. */
export interface StreamCallWith<Y, R, X extends Extras>
  extends Promise<StreamResultWith<Y, R, X>>, Streamed<Y>, Omit<TaskCallWith<R, X>, keyof Promise<unknown>> {}

/** Many calls under way; see `TaskCalls`. */
export interface StreamCalls<Y, R>
  extends Promise<readonly StreamResult<Y, R>[]>, Omit<TaskCalls<R>, keyof Promise<unknown>> {}

/** The `StreamCalls` of a task that declares extras. */
export interface StreamCallsWith<Y, R, X extends Extras>
  extends Promise<readonly StreamResultWith<Y, R, X>[]>, Omit<TaskCallsWith<R, X>, keyof Promise<unknown>> {}
