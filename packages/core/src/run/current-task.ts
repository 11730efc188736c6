import { AsyncLocalStorage } from "node:async_hooks";
import type { Reporting } from "../define/progress.js";
import { ConfigError } from "../errors.js";
import type { ResultBackend } from "../result-backend.js";
import type { Sealer } from "../security/sealer.js";
import type { Codec } from "../wire/codec.js";
import type { Descent } from "../wire/message.js";
import type { RetryOptions, RetryTask } from "./control.js";
import type { TaskLog } from "./logger.js";

/** The task that is running here. */
export interface CurrentTask {
  readonly id: string;
  readonly name: string;
  /** How often it asked to run again. */
  readonly retries: number;
  /** How many workers died with it. */
  readonly redeliveries: number;
  /** The first task of this tree of calls. */
  readonly rootId: string;
  readonly parentId: string | undefined;
  /** What the caller put into `headers`, and what it inherited itself. Tasks that this one calls inherit them. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Aborts on the soft time limit, when it is revoked, on a lost delivery and on shutdown; its reason is a `TaskAborted`, for
   * the first a `SoftTimeLimitExceeded`.
   */
  readonly signal: AbortSignal;
  /** The same on every redelivery and retry: for the idempotency keys of other services. */
  readonly idempotencyKey: string;
  readonly log: TaskLog;
  /**
   * In a batch task: the ids of the calls that run together, in the order of the items. All else is then that of the call that was
   * collected first, but for the headers, which are there where all have the same. @default undefined
   */
  readonly batch: readonly string[] | undefined;
  /** Throws the signal's reason once it aborted; also in a loop that never yields, where the signal cannot fire. */
  checkpoint(): void;
  /** Makes what to throw to run again later: `throw currentTask().retry({ countdown: "3s" })`. */
  retry(options?: RetryOptions): RetryTask;
  /**
   * Of a task that is an async generator: how many of its items earlier runs have stored, 0 in the first run. Whoever asks, before
   * the first `yield`, yields what comes after those; otherwise the task yields from its start again, and those are dropped.
   */
  resumeFrom(): number;
}

/** What a task's app lends to its runs. */
export interface TaskPlace {
  /** Connects when it is first asked for. */
  readonly results: () => Promise<ResultBackend>;
  readonly codec: Codec;
  /** Seals what it keeps, where the app has keys. */
  readonly sealer: Sealer | undefined;
}

/** What the worker keeps of a running task besides what its author sees. */
export interface RunningTask extends CurrentTask {
  /** How long it may go on until its `timeLimit`, milliseconds. */
  readonly remainingMs: number;
  /** Neither its value nor what it yields is kept. */
  readonly storesNothing: boolean;
  /** What earlier runs have stored of a stream, and whether this one goes on from there; not set in the first run. */
  streamed: { readonly stored: number; readonly isResumed: boolean } | undefined;
  /** Where in the tree of calls the tasks stand that it calls. */
  readonly descent: Descent;
  /** There from when it runs. */
  place?: TaskPlace | undefined;
  /** Takes what it reports; none where it declares no progress. */
  readonly reporting: Reporting | undefined;
  /** Frees the task's slot while it waits for another task. */
  join<T>(wait: () => Promise<T>): Promise<T>;
}

const running = new AsyncLocalStorage<RunningTask>();

/** The task that is running here, if any. */
export const runningTask = (): RunningTask | undefined => running.getStore();

/** Runs `fn` as the body of `task`. */
export const runAsTask = <T>(task: RunningTask, fn: () => T): T => running.run(task, fn);

/**
 * The task that is running here.
 * @throws ConfigError `NO_CURRENT_TASK` outside of a worker, also when a task is called in place like a function.
 */
export function currentTask(): CurrentTask {
  const task = running.getStore();
  if (task === undefined) {
    throw new ConfigError("NO_CURRENT_TASK", "currentTask() was called outside of a task that a worker runs");
  }
  return task;
}
