import { Refusal } from "./refusal.js";
import { isSmallJson } from "./small-json.js";

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
  if (isSmallJson(text, maxDepth, maxNodes)) return;
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
