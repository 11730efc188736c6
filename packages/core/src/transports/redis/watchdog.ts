import type { Session } from "./session.js";

/** How many looks in a row may find a question unanswered. */
const MISSES = 2;

/**
 * Ends a session whose command connection has gone silent: a network that swallows everything looks exactly like an empty
 * queue. An answer to any command is a sign of life; only where there was none is one asked for.
 */
export class Watchdog {
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  watch(session: Session): void {
    this.stop();
    let seen = session.answers;
    let misses = 0;
    let asked = false;
    this.#timer = setInterval(() => {
      if (session.answers !== seen) {
        seen = session.answers;
        misses = 0;
        asked = false;
      } else if (!asked) {
        asked = true;
        session.call("ping").catch(() => {}); // an error reply is an answer too
      } else if (++misses >= MISSES) {
        session.end(`no answer for ${(MISSES + 1) * this.#everyMs} ms`);
      }
    }, this.#everyMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
