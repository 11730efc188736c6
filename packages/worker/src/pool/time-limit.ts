import type { Verdict } from "../verdict.js";
import type { Job, StopReason } from "./pool.js";

/** Why its signal aborts. */
export const timeLimit = ({ timeLimitMs }: Job): StopReason => ({
  code: "TIME_LIMIT_EXCEEDED",
  message: `time limit of ${timeLimitMs} ms exceeded`,
});

/** The verdict of a job that ran past its time limit. */
export const timeLimitExceeded = ({ task, timeLimitMs }: Job): Verdict => ({
  kind: "failure",
  expected: false,
  error: {
    name: "TimeLimitExceeded",
    code: "TIME_LIMIT_EXCEEDED",
    message: `${task} ran longer than its time limit of ${timeLimitMs} ms and was stopped`,
  },
});
