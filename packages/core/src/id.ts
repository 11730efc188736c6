import { randomFillSync } from "node:crypto";

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const pool = new Uint8Array(4096);
let used = pool.length;

/**
 * A UUID version 7 (RFC 9562, section 5.7): 48 bits of time, then 74 random bits. Ids of one period are neighbours, which
 * keeps a store's index local when many are written together.
 */
export function createId(now: number = Date.now()): string {
  if (used + 10 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const at = used;
  used += 10;
  const hex = (index: number): string => HEX[pool[at + index]!]!;
  const time = now.toString(16).padStart(12, "0");
  const version = HEX[0x70 | (pool[at]! & 0x0f)]!;
  const variant = HEX[0x80 | (pool[at + 2]! & 0x3f)]!;
  return (
    `${time.slice(0, 8)}-${time.slice(8)}-${version}${hex(1)}-${variant}${hex(3)}-` +
    `${hex(4)}${hex(5)}${hex(6)}${hex(7)}${hex(8)}${hex(9)}`
  );
}
