import { CodecError } from "../errors.js";
import type { BodyPlace, Sealer } from "../security/sealer.js";

/** No encoded value begins with it. */
const MARK = "!";
const encoder = new TextEncoder();

/** An encoded value as a register keeps it: as it is, or sealed and in base64. */
export function sealText(sealer: Sealer | undefined, place: BodyPlace, text: string): string {
  if (sealer === undefined) return text;
  return MARK + Buffer.from(sealer.sealBody(place, encoder.encode(text))).toString("base64");
}

/**
 * Reads it back.
 * @throws CodecError `SIGNATURE_INVALID`, `ENCRYPTION_INVALID`; `NOT_DECODABLE` when this app has no keys.
 */
export function openText(sealer: Sealer | undefined, place: BodyPlace, kept: string): Uint8Array {
  const isSealed = kept.startsWith(MARK);
  const bytes = isSealed ? Buffer.from(kept.slice(MARK.length), "base64") : encoder.encode(kept);
  if (sealer !== undefined) return sealer.openBody(place, bytes);
  if (!isSealed) return bytes;
  throw new CodecError(
    "NOT_DECODABLE",
    `the ${place.purpose} of ${place.id} is sealed; give this app its keys: createApp({ security })`,
  );
}
