import type { RemoteError } from "@taskgen/core";
import type { Verdict } from "./verdict.js";

/** Why a task that waited too long was not started. */
export const EXPIRED: RemoteError = {
  name: "TaskRevoked",
  message: "expired before it was started",
  code: "TASK_EXPIRED",
};

/** The end of a task that is not to be started after `expires`, epoch milliseconds, where that is over. */
export const expired = (expires: number | undefined, now: number): Extract<Verdict, { kind: "revoke" }> | undefined =>
  expires !== undefined && expires <= now ? { kind: "revoke", error: EXPIRED } : undefined;
