import { ResultError } from "../errors.js";
import type { GetOptions } from "./async-result.js";
import type { TaskReference } from "./task-error.js";

/** A wait for a result that ended without one. */
export interface EndedWait {
  readonly task: TaskReference;
  readonly options: GetOptions;
  readonly timedOut: boolean;
  /** Where results are read. */
  readonly location: string;
  /** What was waited for. @default "result" */
  readonly what?: "item";
}

/** What the one who waited is told. */
export function waitFailure(error: unknown, { what: awaited, ...wait }: EndedWait): unknown {
  if (error instanceof ResultError) return error;
  const { task, options, timedOut, location } = wait;
  const what = `no ${awaited ?? "result"} of ${task.name ?? "task"} (${task.id})`;
  if (options.signal?.aborted === true) {
    return new ResultError("RESULT_ABORTED", `${what}: the wait was aborted`, { cause: options.signal.reason });
  }
  if (!timedOut) return error;
  return new ResultError(
    "RESULT_TIMEOUT",
    `${what} within ${options.timeout}; results are read from ${location}: does a worker run there?`,
  );
}

/** Why a result cannot be read that is not stored. */
export const ignored = ({ id, name }: TaskReference): ResultError =>
  new ResultError("RESULT_IGNORED", `task ${name} (${id}) stores no result: ignoreResult is set`);
