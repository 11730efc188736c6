import { Refusal } from "./refusal.js";
import { isReservedKey, mayHoldReservedKey } from "./reserved-keys.js";

/**
 * Looks at `value`, which was parsed from `text`, only where the text gives cause to.
 * @throws Refusal when it has a reserved key.
 */
export function refuseReservedKeys(text: string, value: unknown): void {
  if (mayHoldReservedKey(text)) visit(value);
}

/** Recursion is bounded by the depth that `scanJson` let pass. */
function visit(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) visit(item);
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    if (isReservedKey(key)) throw new Refusal(`has an object with the key ${key}`);
    visit(child);
  }
}
