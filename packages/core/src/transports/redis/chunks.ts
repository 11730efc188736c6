/** What one script is given at most: more would keep the server from others for too long. */
const MAX_ITEMS = 1_000;
const MAX_BYTES = 1024 * 1024;

/** Cuts a batch, order kept, into pieces that one script can take. */
export function inChunks<T>(items: readonly T[], bytesOf: (item: T) => number, maxItems = MAX_ITEMS): T[][] {
  const chunks: T[][] = [];
  let chunk: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const more = bytesOf(item);
    if (chunk.length > 0 && (chunk.length >= maxItems || bytes + more > MAX_BYTES)) {
      chunks.push(chunk);
      chunk = [];
      bytes = 0;
    }
    chunk.push(item);
    bytes += more;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}

/** Groups a batch, order kept within a group. */
export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  let lastKey: K | undefined;
  let last: T[] | undefined;
  for (const item of items) {
    const key = keyOf(item);
    // n.b. mostly all have one
    if (last === undefined || key !== lastKey) {
      lastKey = key;
      last = groups.get(key);
      if (last === undefined) groups.set(key, (last = []));
    }
    last.push(item);
  }
  return groups;
}
