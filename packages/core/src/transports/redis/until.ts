type End = () => void;

/** Who waits for the end of signals that outlive all waits. */
const waiting = new WeakMap<AbortSignal, Set<End>>();

/**
 * Has all who wait for a signal's end share one listener: one for each of them costs more than what is waited for. Doing it twice is
 * safe.
 */
export function shareListener(signal: AbortSignal): void {
  if (waiting.has(signal)) return;
  const ends = new Set<End>();
  waiting.set(signal, ends);
  const endAll = (): void => {
    for (const end of [...ends]) end();
  };
  signal.addEventListener("abort", endAll, { once: true });
}

function listen(signal: AbortSignal, end: End): void {
  const ends = waiting.get(signal);
  if (signal.aborted) end();
  else if (ends === undefined) signal.addEventListener("abort", end, { once: true });
  else ends.add(end);
}

function unlisten(signal: AbortSignal, end: End): void {
  const ends = waiting.get(signal);
  if (ends === undefined) signal.removeEventListener("abort", end);
  else ends.delete(end);
}

/** The outcome of `work`, or the error of `late` when a signal aborts first. Leaves nothing on the signals. */
export async function until<T>(signals: readonly AbortSignal[], late: () => Error, work: () => Promise<T>): Promise<T> {
  let reject: ((reason: Error) => void) | undefined;
  const ended = new Promise<never>((_, fail) => (reject = fail));
  const end = (): void => reject!(late());
  for (const signal of signals) listen(signal, end);
  try {
    return await Promise.race([ended, work()]);
  } finally {
    for (const signal of signals) unlisten(signal, end);
  }
}
