/** A task's states, Celery's names. `PENDING` also stands for an unknown id. */
export type TerminalState = "SUCCESS" | "FAILURE" | "REVOKED" | "REJECTED" | "IGNORED";

/** The states before the end; a task may add its own names. */
export type RunningState = "PENDING" | "RECEIVED" | "STARTED" | "PROGRESS" | "RETRY";

/** Any state; custom ones are plain strings. */
export type State = TerminalState | RunningState | (string & {});
