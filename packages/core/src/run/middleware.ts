import type { CallOptions } from "../define/task-options.js";
import type { CurrentTask } from "./current-task.js";

/** Runs a task with its arguments; resolves to its value. */
export type RunTask = (task: CurrentTask, args: readonly unknown[]) => Promise<unknown>;

/** Wraps the run of a task. */
export type RunMiddleware = (next: RunTask) => RunTask;

/** A call on its way to the broker, with the headers that it inherits. */
export interface OutgoingCall {
  readonly id: string;
  /** The name on the wire. */
  readonly task: string;
  readonly args: readonly unknown[];
  readonly options: CallOptions;
}

/** Sends a call; resolves when the broker has it. */
export type Publish = (call: OutgoingCall) => Promise<void>;

/** Wraps both ends of a task. */
export interface MiddlewareParts {
  /**
   * Wraps every call of the app, where it is made. May pass on another call with the same `id` and `task`, and refuse one by
   * throwing: it rejects with a `PublishError` `PUBLISH_REFUSED` whose cause is what was thrown. Called once per app, so what
   * it returns may hold state.
   */
  publish?(next: Publish): Publish;
  /** Wraps every run, where the task runs. Called once per task. */
  run?(next: RunTask): RunTask;
}

/**
 * Wraps every task of an app: a function around its run, or an object with a part for each end. It runs where the task
 * runs, so it may hold no state that other threads must see.
 *
 * @example
 * ```ts
 * const timed: Middleware = (next) => async (task, args) => {
 *   const started = performance.now();
 *   try {
 *     return await next(task, args);
 *   } finally {
 *     task.log.info(`took ${performance.now() - started} ms`);
 *   }
 * };
 * const stamped: Middleware = {
 *   publish: (next) => (call) =>
 *     next({ ...call, options: { ...call.options, headers: { ...call.options.headers, tenant: "a" } } }),
 * };
 * ```
 */
export type Middleware = RunMiddleware | MiddlewareParts;
