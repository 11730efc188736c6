import { randomFillSync } from "node:crypto";

const DIGITS = Buffer.from("0123456789abcdef");
/** The id that was made last: the next one is written over it. */
const id = Buffer.from("00000000-0000-7000-8000-000000000000");
const TIME = 14;
const VARIANT = 19;
const pool = new Uint8Array(4_096);
let used = pool.length;
let time: number | undefined;

/**
 * A UUID version 7 (RFC 9562, section 5.7): 48 bits of time, then 74 random bits. Ids of one period are neighbours, which
 * keeps a store's index local when many are written together.
 */
export function createId(now: number = Date.now()): string {
  if (used + id.length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  if (now !== time) id.write((time = now).toString(16).padStart(12, "0").replace(/.{8}/, "$&-"));
  for (let at = TIME + 1; at < id.length; at++)
    if (at !== 18 && at !== 23) id[at] = DIGITS[at === VARIANT ? 8 | (pool[used++]! & 3) : pool[used++]! & 15]!;
  return id.toString("latin1");
}
