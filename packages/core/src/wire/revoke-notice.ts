import { CodecError } from "../errors.js";
import type { Revocation } from "../powers.js";

/** Where workers hear of revocations. */
export const REVOKE_TOPIC = "revoke";

/** What a notice is sealed as: it is of no one task. */
export const REVOKE_PLACE = { purpose: "revocation", id: "", part: "" } as const;

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
    ids.every((id) => typeof id === "string") &&
    Number.isFinite(ttlMs) &&
    typeof terminate === "boolean" &&
    typeof children === "boolean"
  );
}
