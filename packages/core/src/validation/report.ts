import type { z } from "zod";
import type { Found, Look } from "./look.js";

/** Issues of one value that are told: enough to mend it by, and few enough to be read. */
export const MAX_ISSUES = 10;

/** Hands issues of a part on to the schema around it, with their place. */
export function report(payload: z.core.ParsePayload, issues: readonly Found[], place?: string | number): void {
  if (issues.length === 0) return;
  for (const issue of issues.slice(0, MAX_ISSUES)) {
    const path = place === undefined ? [...issue.path] : [place, ...issue.path];
    payload.issues.push({ ...issue, path } as z.core.$ZodRawIssue);
  }
}

/** Whether a look needs no further issues. */
export const isEnough = ({ issues }: z.core.ParsePayload, { purpose }: Look): boolean =>
  issues.length >= (purpose === "all" ? MAX_ISSUES : 1);
