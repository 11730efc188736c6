import { Refusal } from "./refusal.js";

/** Bounds on what a decoder accepts and an encoder sends. */
export interface CodecLimits {
  /** Bytes of one encoded value. @default 8 MiB */
  readonly maxBytes: number;
  /** Objects and arrays within one another. @default 64 */
  readonly maxDepth: number;
  /** Items, properties, keys and members in all. @default 1,000,000 */
  readonly maxNodes: number;
  /** Digits of one bigint. @default 4,096 */
  readonly maxBigintDigits: number;
}

export const DEFAULT_LIMITS: CodecLimits = {
  maxBytes: 8 * 1024 * 1024,
  maxDepth: 64,
  maxNodes: 1_000_000,
  maxBigintDigits: 4096,
};

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
/** Square brackets become curly ones with this bit. */
const CURLY = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/**
 * Bounds a JSON text before it is parsed, without recursion. Says nothing about whether it is JSON.
 * @throws Refusal when the text nests too deep or holds too many values.
 */
export function scanJson(text: string, maxDepth: number, maxNodes: number): void {
  // a value takes at least two characters, a level at least one bracket: most texts need no closer look
  if (text.length <= 2 * maxNodes && brackets(text, maxDepth) <= maxDepth) return;
  let depth = 0;
  let nodes = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === QUOTE) i = endOfString(text, i + 1);
    else if (char === COMMA) nodes++;
    else if ((char | CURLY) === CLOSING) depth--;
    else if ((char | CURLY) === OPENING) {
      if ((text.charCodeAt(i + 1) | CURLY) !== CLOSING) nodes++;
      if (++depth > maxDepth) throw new Refusal(`nests deeper than ${maxDepth} levels`);
    } else continue;
    if (nodes > maxNodes) throw new Refusal(`holds more than ${maxNodes} values`);
  }
}

/** How many brackets open in a text, those in strings too; beyond `enough` it does not count on. */
function brackets(text: string, enough: number): number {
  let count = 0;
  for (const bracket of ["[", "{"]) {
    for (let at = text.indexOf(bracket); at >= 0 && count <= enough; at = text.indexOf(bracket, at + 1)) count++;
  }
  return count;
}

/** Where the closing quote is. Every backslash is looked at once, since the quote before it bounds the search. */
function endOfString(text: string, start: number): number {
  let from = start;
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', from)) {
    let first = end;
    while (first > from && text.charCodeAt(first - 1) === BACKSLASH) first--;
    if ((end - first) % 2 === 0) return end;
    from = end + 1;
  }
  return text.length;
}
