import { LONGEST_TIMER_MS } from "../timer.js";

/** Keeps the process alive until what it returns is called. */
export function keepAlive(): () => void {
  const timer = setInterval(() => {}, LONGEST_TIMER_MS);
  return () => clearInterval(timer);
}
