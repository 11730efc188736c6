/** n.b. for a machine that has other work too: a bound is how long a failure takes, and says nothing of speed. */
const DEFAULT_MS = 60_000;

/** Waits for what must happen; after `ms` milliseconds it fails and says what did not. */
export async function within<T>(what: string, promise: Promise<T>, ms: number = DEFAULT_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
