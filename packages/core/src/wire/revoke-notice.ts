import { CodecError } from "../errors.js";
import type { Revocation } from "../powers.js";

/** Where workers hear of revocations. */
export const REVOKE_TOPIC = "revoke";

/** What a notice is sealed as: it is of no one task. */
export const REVOKE_PLACE = { purpose: "revocation", id: "", part: "" } as const;

/** What one notice names at most. */
export const MAX_NOTICE_IDS = 5_000;
/** The longest id of a task. */
const MAX_ID = 36;
/** The longest duration. */
const MAX_TTL_MS = 8.64e15;

/** Many revocations of one kind. */
export interface RevokeNotice extends Omit<Revocation, "id"> {
  readonly ids: readonly string[];
}

export const encodeNotice = (notice: RevokeNotice): Uint8Array => new TextEncoder().encode(JSON.stringify(notice));

/** @throws CodecError `NOT_DECODABLE` when somebody else wrote it. */
export function decodeNotice(bytes: Uint8Array): RevokeNotice {
  let notice: unknown;
  try {
    notice = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new CodecError("NOT_DECODABLE", "a notice of revocations is not JSON", { cause });
  }
  if (isNotice(notice)) return notice;
  throw new CodecError("NOT_DECODABLE", "a notice of revocations has not the fields of one");
}

function isNotice(value: unknown): value is RevokeNotice {
  if (typeof value !== "object" || value === null) return false;
  const { ids, ttlMs, terminate, children } = value as Record<keyof RevokeNotice, unknown>;
  return (
    Array.isArray(ids) &&
    ids.length <= MAX_NOTICE_IDS &&
    ids.every((id) => typeof id === "string" && id.length <= MAX_ID) &&
    typeof ttlMs === "number" &&
    ttlMs >= 0 &&
    ttlMs <= MAX_TTL_MS &&
    typeof terminate === "boolean" &&
    typeof children === "boolean"
  );
}
