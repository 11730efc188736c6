import { LONGEST_TIMER_MS } from "../timer.js";

let holders = 0;
let timer: NodeJS.Timeout | undefined;

/** Keeps the process alive until what it returns is called; sockets and timers of transports alone do not. */
export function keepAlive(): () => void {
  holders++;
  timer ??= setInterval(() => {}, LONGEST_TIMER_MS);
  let isHeld = true;
  return () => {
    // n.b. whoever makes one call after the other holds again before the next tick
    if (isHeld && --holders === 0) process.nextTick(endWhenFree);
    isHeld = false;
  };
}

function endWhenFree(): void {
  if (holders > 0) return;
  clearInterval(timer);
  timer = undefined;
}
