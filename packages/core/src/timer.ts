/** The longest time that a timer can wait, about 24.8 days; with more it fires at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A signal that aborts after so many milliseconds, at the latest after the longest time that a timer can wait. */
export const timeoutSignal = (ms: number): AbortSignal =>
  AbortSignal.timeout(Math.min(LONGEST_TIMER_MS, Math.max(0, Math.ceil(ms))));

/** A timer of any length, which does not keep the process alive; returns what stops it. */
export function setAlarm(ring: () => void, ms: number): () => void {
  let timer: NodeJS.Timeout;
  const wait = (left: number): void => {
    const part = Math.min(LONGEST_TIMER_MS, Math.max(1, left));
    timer = setTimeout(() => (left > part ? wait(left - part) : ring()), part).unref();
  };
  wait(ms);
  return () => clearTimeout(timer);
}
