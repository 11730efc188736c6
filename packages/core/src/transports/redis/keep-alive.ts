import { LONGEST_TIMER_MS } from "../../timer.js";

/** Keeps the process alive as long as somebody holds it; sockets and timers alone do not. */
export class KeepAlive {
  #holders = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Call what it returns once. */
  hold(): () => void {
    this.#holders++;
    this.#timer ??= setInterval(() => {}, LONGEST_TIMER_MS);
    let held = true;
    return () => {
      if (held && --this.#holders === 0) this.close();
      held = false;
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
