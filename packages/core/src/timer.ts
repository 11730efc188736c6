/** The longest time that a timer can wait, about 24.8 days; with more it fires at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A signal that aborts after so many milliseconds, at the latest after the longest time that a timer can wait. */
export const timeoutSignal = (ms: number): AbortSignal =>
  AbortSignal.timeout(Math.min(LONGEST_TIMER_MS, Math.max(0, Math.ceil(ms))));
