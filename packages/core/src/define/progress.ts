import type { State } from "../state.js";

/** How to report. */
export interface ReportOptions {
  /** The state that callers see meanwhile: `PROGRESS`, or a name of your own such as `UPLOADING`. @default "PROGRESS" */
  readonly state?: State;
}

/** How far a task has come, as values of type `P`. */
export interface Progress<P> {
  /**
   * Tells callers how far the running task has come. Costs next to nothing: at most ten values a second travel, and the last one
   * always does. What is reported outside of a worker, or in a task that does not declare this channel, goes nowhere.
   * @throws ConfigError `OPTION_INVALID` for a state that is the engine's own
   */
  readonly report: (value: P, options?: ReportOptions) => void;
}

/** What takes the reports of a running task. */
export interface Reporting {
  /** The one that the task declares. */
  readonly channel: Progress<never>;
  report(value: unknown, state: string): void;
}
