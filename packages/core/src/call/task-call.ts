import type { Progress } from "../define/progress.js";
import type {
  AsyncResult,
  AsyncResultWith,
  Extras,
  GetOptions,
  ProgressOptions,
  ReportingResult,
  Reports,
} from "./async-result.js";
import type { StreamOptions, StreamResult } from "./stream-call.js";
import { StoredResult } from "./stored-result.js";

/**
 * A call under way: a promise that resolves to its `AsyncResult` when the broker has taken responsibility for the task.
 * Rejects with `PublishError`; its `certain` says whether the task may have been enqueued all the same.
 */
export interface TaskCall<R> extends Promise<AsyncResult<R>> {
  readonly id: string;
  /** The task's value: `(await call).get(options)`. */
  get(options?: GetOptions): Promise<R>;
}

/** A `TaskCall` of a task that declares extras. */
export interface TaskCallWith<R, X extends Extras> extends Promise<AsyncResultWith<R, X>> {
  readonly id: string;
  /** The task's value: `(await call).get(options)`. */
  get(options?: GetOptions): Promise<R>;
}

/**
 * Many calls under way: resolves to their results, in order, when the broker has them all. Rejects with an
 * `AggregateError` whose `errors` are the `PublishError` of each call that failed.
 */
export interface TaskCalls<R> extends Promise<readonly AsyncResult<R>[]> {
  /** In the order of the calls. */
  readonly ids: readonly string[];
  /** The values of all, in order; rejects with the first failure. */
  get(options?: GetOptions): Promise<R[]>;
}

/** The `TaskCalls` of a task that declares extras. */
export interface TaskCallsWith<R, X extends Extras> extends Promise<readonly AsyncResultWith<R, X>[]> {
  /** In the order of the calls. */
  readonly ids: readonly string[];
  /** The values of all, in order; rejects with the first failure. */
  get(options?: GetOptions): Promise<R[]>;
}

/** A `TaskCall` of a task that reports progress. */
export interface ReportingCall<R, X extends Extras, P> extends Promise<ReportingResult<R, X, P>>, Reports<P> {
  readonly id: string;
  /** The task's value: `(await call).get(options)`. */
  get(options?: GetOptions): Promise<R>;
}

/** The `TaskCalls` of a task that reports progress. */
export interface ReportingCalls<R, X extends Extras, P> extends Promise<readonly ReportingResult<R, X, P>[]> {
  /** In the order of the calls. */
  readonly ids: readonly string[];
  /** The values of all, in order; rejects with the first failure. */
  get(options?: GetOptions): Promise<R[]>;
}

/** A call of a task with extras. `CallWith<number, { progress: Progress<string> }>` is a `ReportingCall`. */
export type CallWith<R, X extends Extras> = X extends { readonly progress: Progress<infer P> }
  ? ReportingCall<R, X, P>
  : TaskCallWith<R, X>;

/** Many calls of a task with extras. */
export type CallsWith<R, X extends Extras> = X extends { readonly progress: Progress<infer P> }
  ? ReportingCalls<R, X, P>
  : TaskCallsWith<R, X>;

/** The promise behind `TaskCall`; what is derived from it (`then`, `catch`) is a plain promise. */
export class PendingCall<R> extends Promise<AsyncResult<R>> implements TaskCall<R> {
  declare readonly id: string;
  #onGet: ((options: GetOptions) => void) | undefined;

  /** `onGet` is told that somebody will wait for the result. */
  static of<R>(id: string, sent: Promise<AsyncResult<R>>, onGet: (options: GetOptions) => void): PendingCall<R> {
    const call = new PendingCall<R>((resolve, reject) => void sent.then(resolve, reject));
    call.#onGet = onGet;
    return Object.assign(call, { id });
  }

  get(options: GetOptions = {}): Promise<R> {
    this.#onGet?.(options);
    return this.then((result) => result.get(options));
  }

  /** n.b. the types show it of tasks that yield items. */
  async *stream(options?: StreamOptions): AsyncGenerator<unknown, void> {
    yield* ((await this) as StreamResult<unknown, R>).stream(options) as AsyncGenerator<unknown, void>;
  }

  /** For tasks that declare it. */
  async *progress(options?: ProgressOptions): AsyncGenerator<unknown, void> {
    yield* ((await this) as StoredResult<R>).progress(options);
  }
}

/** The promise behind `TaskCalls`. */
export class PendingCalls<R> extends Promise<readonly AsyncResult<R>[]> implements TaskCalls<R> {
  declare readonly ids: readonly string[];

  static of<R>(ids: readonly string[], results: Promise<readonly AsyncResult<R>[]>): PendingCalls<R> {
    const calls = new PendingCalls<R>((resolve, reject) => void results.then(resolve, reject));
    return Object.assign(calls, { ids });
  }

  get(options?: GetOptions): Promise<R[]> {
    return this.then((results) => StoredResult.all(results as readonly StoredResult<R>[], options));
  }
}

// n.b. who awaits a promise of another constructor makes one more of it
for (const { prototype } of [PendingCall, PendingCalls])
  void Object.defineProperty(prototype, "constructor", { value: Promise });
