import { TaskgenError } from "../errors.js";
import type { TerminalState } from "../state.js";
import { fromRemoteError, type RemoteError } from "../wire/remote-error.js";

/** The task of a result, for messages. */
export interface TaskReference {
  readonly id: string;
  readonly name: string | undefined;
}

const ENDINGS = {
  FAILURE: "failed",
  REVOKED: "was revoked",
  REJECTED: "was rejected",
  IGNORED: "was ignored",
} as const satisfies Record<Exclude<TerminalState, "SUCCESS">, string>;

/**
 * A task ended without a value. `code` is the remote error's own, or `TASK_FAILURE`, `TASK_REVOKED`, `TASK_REJECTED`,
 * `TASK_IGNORED`; `cause` is the remote error with its stack.
 */
export class TaskError extends TaskgenError {
  readonly taskId: string;
  readonly taskName: string | undefined;
  readonly state: Exclude<TerminalState, "SUCCESS">;
  /** The remote error as it travelled. */
  readonly remote: RemoteError;

  constructor(task: TaskReference, state: Exclude<TerminalState, "SUCCESS">, remote: RemoteError) {
    super(
      remote.code ?? `TASK_${state}`,
      `task ${task.name ?? "?"} (${task.id}) ${ENDINGS[state]}: ${remote.name}: ${remote.message}`,
      { cause: fromRemoteError(remote) },
    );
    this.taskId = task.id;
    this.taskName = task.name;
    this.state = state;
    this.remote = remote;
  }
}
