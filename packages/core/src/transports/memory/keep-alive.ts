const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Keeps the process alive until what it returns is called. */
export function keepAlive(): () => void {
  const timer = setInterval(() => {}, LONGEST_TIMER_MS);
  return () => clearInterval(timer);
}
