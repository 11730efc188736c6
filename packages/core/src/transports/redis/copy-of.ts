/** A part as bytes of their own: a view would keep all of the reply that it came with. */
export function copyOf(bytes: Buffer, from: number, to: number = bytes.length): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(Math.max(0, Math.min(to, bytes.length) - from));
  bytes.copy(copy, 0, from, to);
  return copy;
}
