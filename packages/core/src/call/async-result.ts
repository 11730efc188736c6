import type { Duration } from "../duration.js";
import type { State } from "../state.js";
import type { ErrorClass } from "../define/task-options.js";
import type { Progress } from "../define/progress.js";
import type { Settled } from "./settled.js";

/** How to wait for a result. */
export interface GetOptions {
  /** Rejects with `RESULT_TIMEOUT` after this; the task itself goes on. @default none */
  readonly timeout?: Duration;
  /** Rejects with `RESULT_ABORTED` when it aborts; the task itself goes on. */
  readonly signal?: AbortSignal;
  /** Allows waiting inside a task, whose slot is free meanwhile. @default false */
  readonly allowJoin?: boolean;
}

/** How to revoke. */
export interface RevokeOptions {
  /**
   * Ends by force what runs and does not end by its signal: the thread is ended and replaced. `inline` workers, which cannot do
   * that, give the task up. @default false
   */
  readonly terminate?: boolean;
  /** Also all that the task has called and will call, and what these call. @default false */
  readonly children?: boolean;
}

/**
 * The result of a call that the broker has. Not a promise: awaiting it gives itself.
 *
 * Reading rejects with a `ResultError`: `RESULT_TIMEOUT`, `RESULT_ABORTED`, `RESULT_IGNORED` (the task stores none),
 * `RESULT_NOT_STORED` (the backend answers only the calling process), `RESULT_CLOSED` (the app was closed),
 * `JOIN_IN_TASK` (inside a task without `allowJoin`).
 */
export interface AsyncResult<R> {
  readonly id: string;
  /** The task's value; rejects with `TaskError` when it ended otherwise. */
  get(options?: GetOptions): Promise<R>;
  /** How the task ended, without throwing for its failure. */
  settled(options?: GetOptions): Promise<Settled<R>>;
  /** The state now; `PENDING` also when nothing is known of the id. */
  status(): Promise<State>;
  /** True when the task has ended. */
  ready(): Promise<boolean>;
  /** True when it ended with a value. */
  successful(): Promise<boolean>;
  /** True when it ended without one. */
  failed(): Promise<boolean>;
  /** What the last event before the end carried, such as progress; `undefined` when there is none. */
  info(): Promise<unknown>;
  /** The remote stack of a failure, otherwise `undefined`. */
  traceback(): Promise<string | undefined>;
  /** Removes what is stored of it; `.get()` would wait for ever after. */
  forget(): Promise<void>;
  /**
   * Cancels the task: it ends as REVOKED, code `TASK_REVOKED`, unless it has ended before. What waits never runs; what runs is
   * told by its signal. Resolves when that is stored and workers are told, not when the task has stopped.
   */
  revoke(options?: RevokeOptions): Promise<void>;
}

/** What a task declares besides its parameters and its result. */
export interface Extras {
  readonly throws?: readonly ErrorClass[];
  readonly progress?: Progress<never>;
}

/** Extras of a task that the compiler does not know: any error may be one that it declares. */
export interface UnknownExtras {
  readonly throws: readonly ErrorClass[];
}

/** The errors that a task declares. `DeclaredErrors<{ throws: readonly [typeof CardDeclined] }>` is `CardDeclined`. */
export type DeclaredErrors<X extends Extras> = X extends { readonly throws: readonly (infer C)[] }
  ? C extends abstract new (...args: never[]) => infer E
    ? E
    : never
  : never;

/**
 * An `AsyncResult` of a task that declares extras.
 * n.b. `out`: left to itself the compiler takes the extras of all tasks for interchangeable.
 */
export interface AsyncResultWith<R, out X extends Extras> extends Omit<AsyncResult<R>, "settled"> {
  /** How the task ended; its declared errors are typed, told apart by their `code`. */
  settled(options?: GetOptions): Promise<Settled<R, DeclaredErrors<X>>>;
}

/** How to follow a task. */
export type ProgressOptions = Pick<GetOptions, "signal" | "allowJoin">;

/** How a task that reports progress can be followed. */
export interface Reports<P> {
  /**
   * What the task has reported last, then what it reports, until it has ended, however that was. Values that the task reports faster
   * than they are taken, or than ten times a second, may be skipped; the last one never is. A retry reports anew.
   * Rejects with a `ResultError` as `get` does: `RESULT_ABORTED`, `RESULT_IGNORED`, `RESULT_CLOSED`, `JOIN_IN_TASK` …
   */
  progress(options?: ProgressOptions): AsyncIterable<P>;
}

/** An `AsyncResultWith` of a task that reports progress. */
export interface ReportingResult<R, out X extends Extras, P> extends Omit<AsyncResultWith<R, X>, "info">, Reports<P> {
  /** What the task has reported last; `undefined` when it has reported nothing, or waits for a retry. */
  info(): Promise<P | undefined>;
}

/** The result of a task with extras. `ResultWith<number, { progress: Progress<string> }>` is a `ReportingResult`. */
export type ResultWith<R, X extends Extras> = X extends { readonly progress: Progress<infer P> }
  ? ReportingResult<R, X, P>
  : AsyncResultWith<R, X>;
