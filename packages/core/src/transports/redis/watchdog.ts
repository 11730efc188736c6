import type { Round, Session } from "./session.js";

/** How many rounds a call may go without an answer, after the one in which it was made. */
const PATIENCE = 2;
/** How many rounds without a call are followed by a question. */
const QUIET = 2;

/**
 * Ends a session in which a call goes unanswered: a network that swallows everything looks exactly like an empty queue.
 * Where nothing was called, a sign of life is asked for.
 */
export class Watchdog {
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  watch(session: Session): void {
    this.stop();
    const rounds: Round[] = [];
    let quiet = 0;
    this.#timer = setInterval(() => {
      const last = session.nextRound();
      rounds.push(last);
      quiet = last.calls > 0 ? 0 : quiet + 1;
      const oldest = rounds.length > PATIENCE ? rounds.shift() : undefined;
      if (oldest !== undefined && oldest.unanswered > 0) {
        session.end(`no answer for ${PATIENCE * this.#everyMs} ms`);
      } else if (quiet === QUIET) {
        quiet = 0;
        session.probe().catch(() => {}); // an error reply is an answer too
      }
    }, this.#everyMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
