import { createId, type ResultBackend, type ResultRecord } from "@taskgen/core/internal";
import { bytes, textOf } from "../messages.js";

const HOUR_MS = 3_600_000;

/** A record whose body is a text, addressed to who waits for it. */
export function record(waiter: ResultBackend, text: string, more: Partial<ResultRecord> = {}): ResultRecord {
  return { id: createId(), state: "SUCCESS", body: bytes(text), replyTo: waiter.address?.(), ttlMs: HOUR_MS, ...more };
}

/** State and text: what callers see of a record. */
export const seen = (found: ResultRecord | undefined): string | undefined =>
  found === undefined ? undefined : `${found.state} ${textOf(found.body)}`;
