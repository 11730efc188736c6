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
export const within = <T>(promise: Promise<T>, signal: AbortSignal, late: () => Error): Promise<T> =>
  withinAll(promise, [signal], late);

/** The same with several signals. */
export function withinAll<T>(promise: Promise<T>, signals: readonly AbortSignal[], late: () => Error): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const ending =
      <V>(end: (value: V) => void) =>
      (value: V): void => {
        for (const signal of signals) watches.get(signal)?.delete(onAbort);
        end(value);
      };
    const onAbort = (): void => ending(reject)(late());
    for (const signal of signals) {
      if (signal.aborted) onAbort();
      else watchesOf(signal).add(onAbort);
    }
    promise.then(ending(resolve), ending(reject));
  });
}
