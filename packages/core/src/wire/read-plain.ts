import type { CodecLimits } from "./limits.js";
import { mayHoldReservedKey } from "./reserved-keys.js";
import { RICH } from "./rich.js";
import { isSmallJson } from "./small-json.js";

// n.b. without ignoreBOM a byte order mark would vanish rather than fail
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The value of plain JSON that needs no closer look; `undefined` for all that is left to a decoder, what is wrong too. */
export function readPlain(body: Uint8Array, limits: CodecLimits): { readonly value: unknown } | undefined {
  if (body.length > limits.maxBytes) return undefined;
  try {
    const text = utf8.decode(body);
    if (text === RICH) return { value: undefined };
    if (!isSmallJson(text, limits.maxDepth, limits.maxNodes) || mayHoldReservedKey(text)) return undefined;
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
