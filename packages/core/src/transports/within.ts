/** What is called when a signal aborts. The signal itself has one listener, which stays: to add and remove one costs more. */
const watches = new WeakMap<AbortSignal, Set<() => void>>();

function watchesOf(signal: AbortSignal): Set<() => void> {
  const known = watches.get(signal);
  if (known !== undefined) return known;
  const watching = new Set<() => void>();
  watches.set(signal, watching);
  signal.addEventListener("abort", () => watching.forEach((onAbort) => onAbort()), { once: true });
  return watching;
}

/** The promise, or the error of `late` when the signal aborts first. */
export function within<T>(promise: Promise<T>, signal: AbortSignal, late: () => Error): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(late());
    const watching = signal.aborted ? undefined : watchesOf(signal);
    if (watching === undefined) onAbort();
    else watching.add(onAbort);
    promise.then(resolve, reject).finally(() => watching?.delete(onAbort));
  });
}
