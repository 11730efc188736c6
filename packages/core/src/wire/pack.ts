/** Many byte strings in one buffer, so that a batch crosses a thread boundary as one transfer. */
export interface Packed {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each part ends; it begins where the one before it ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
}

export function pack(parts: readonly Uint8Array[]): Packed {
  const ends = new Uint32Array(parts.length);
  let size = 0;
  for (let i = 0; i < parts.length; i++) ends[i] = size += parts[i]!.length;
  const bytes = new Uint8Array(size);
  for (let i = 0; i < parts.length; i++) bytes.set(parts[i]!, i === 0 ? 0 : ends[i - 1]);
  return { bytes, ends };
}

/** The parts as views on the packed buffer. */
export function unpack({ bytes, ends }: Packed): Uint8Array[] {
  return Array.from(ends, (end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
}

/** What to name in a `postMessage` transfer list. */
export function transferables({ bytes, ends }: Packed): ArrayBuffer[] {
  return [bytes.buffer, ends.buffer];
}
