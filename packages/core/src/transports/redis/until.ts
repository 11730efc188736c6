/** The outcome of `work`, or the error of `late` when a signal aborts first. Leaves nothing on the signals. */
export async function until<T>(signals: readonly AbortSignal[], late: () => Error, work: () => Promise<T>): Promise<T> {
  let end: (() => void) | undefined;
  const ended = new Promise<never>((_, reject) => {
    end = () => reject(late());
  });
  for (const signal of signals) {
    if (signal.aborted) end!();
    else signal.addEventListener("abort", end!, { once: true });
  }
  try {
    return await Promise.race([ended, work()]);
  } finally {
    for (const signal of signals) signal.removeEventListener("abort", end!);
  }
}
