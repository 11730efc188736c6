import type { CodecLimits } from "./limits.js";
import { Refusal } from "./refusal.js";
import { RICH } from "./rich.js";
import { scanJson } from "./scan-json.js";

/**
 * Bounds an encoded text. In a rich one the entry of a Map, the parts of an Error, and the annotations of both take further
 * levels and values; after it is revived, the limits are checked on the value itself.
 * @throws Refusal
 */
export function scanText(text: string, { maxDepth, maxNodes }: CodecLimits): void {
  if (text.startsWith(RICH)) scanJson(text, 2 * maxDepth + 8, 4 * maxNodes + 32);
  else scanJson(text, maxDepth, maxNodes);
}

/** @throws Refusal */
export function checkSize(bytes: number, { maxBytes }: CodecLimits): void {
  if (bytes > maxBytes) throw new Refusal(`takes ${bytes} bytes, more than the limit of ${maxBytes}`);
}
