import type { CurrentTask } from "./current-task.js";

/** Runs a task with its arguments; resolves to its value. */
export type RunTask = (task: CurrentTask, args: readonly unknown[]) => Promise<unknown>;

/**
 * Wraps every task of an app. It runs where the task runs, so it may hold no state that other threads must see.
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
 * ```
 */
export type Middleware = (next: RunTask) => RunTask;
