import type { Issue } from "../define/validator.js";
import { locate } from "./locate.js";

/** More issues than this are only counted. */
const MAX_SHOWN = 3;

/**
 * What does not fit, in one line: `argument 1 .items[2].price: expected number, received string`. With `hidden` no word of it
 * is told but the place.
 */
export function describeIssues(issues: readonly Issue[], hidden = false): string {
  const shown = issues
    .slice(0, MAX_SHOWN)
    .map(({ path, message }) => `${locate("argument", path)}: ${hidden ? "does not fit [redacted]" : message}`);
  return [...shown, ...(issues.length > MAX_SHOWN ? [`and ${issues.length - MAX_SHOWN} more`] : [])].join("; ");
}
