import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "./connection.js";
import type { RedisClient } from "./driver.js";
import { isReply } from "./failure.js";
import type { Session } from "./session.js";

/** What woke: one message at the default priority, something to look for, or nothing for a long time. */
export type Token = "one" | "any" | "none";

export interface BellWatchOptions {
  readonly connection: Connection;
  readonly bell: string;
  /** Whether a token is wanted now. */
  readonly wants: () => boolean;
  /** The next token is waited for when it has resolved. */
  readonly onToken: (token: Token) => Promise<void>;
}

/** How long one wait lasts: also how late a token is noticed that somebody took and did not use. */
const WAIT_S = 10;
const GRACE_MS = 5_000;
/** How long to leave a server alone that refuses to wait. */
const REFUSED_MS = 500;

/** Waits for a queue's bell on a connection of its own. A token carries no data: one that is lost costs time only. */
export class BellWatch {
  readonly #options: BellWatchOptions;
  #session: Session | undefined;
  #client: RedisClient | undefined;
  #running = false;
  readonly #closing = new AbortController();

  constructor(options: BellWatchOptions) {
    this.#options = options;
  }

  /** Begins to wait, or goes on with a new session. */
  check(): void {
    if (this.#running || this.#closed || !this.#options.wants()) return;
    const { session } = this.#options.connection;
    if (session === undefined) return;
    this.#running = true;
    this.#wait(session)
      .catch(() => {}) // its session ended, or it was closed
      .finally(() => {
        this.#running = false;
        this.check(); // n.b. since it was decided to end, a token may be wanted again
      });
  }

  close(): void {
    this.#closing.abort();
    if (this.#client !== undefined) this.#session?.release(this.#client);
    this.#client = undefined;
  }

  async #wait(session: Session): Promise<void> {
    while (this.#options.wants() && !this.#closed && session.ended === undefined) {
      const client = await this.#clientOf(session);
      if (this.#closed) return;
      const token = await this.#take(session, client);
      if (!this.#closed) await this.#options.onToken(token);
    }
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #clientOf(session: Session): Promise<RedisClient> {
    if (this.#session === session && this.#client !== undefined) return this.#client;
    this.#session = session;
    this.#client = undefined;
    const client = await session.client();
    if (this.#closed) session.release(client);
    else this.#client = client;
    return client;
  }

  /** n.b. a server that refuses (its disk is full, somebody unblocked us) may have work all the same: look for it. */
  async #take(session: Session, client: RedisClient): Promise<Token> {
    let isAnswered = false;
    // n.b. where this thread was blocked, the answer may be there already: it is read before an immediate
    const check = (): unknown => setImmediate(() => isAnswered || session.end("the bell is silent")).unref();
    const overdue = setTimeout(check, WAIT_S * 1_000 + GRACE_MS).unref();
    try {
      const reply = await session.answer(client, client.callBuffer("blpop", this.#options.bell, WAIT_S));
      if (reply === null) return "none";
      return String((reply as Buffer[])[1]) === "1" ? "one" : "any";
    } catch (error) {
      if (!isReply(error)) throw error;
      await delay(REFUSED_MS, undefined, { signal: this.#closing.signal, ref: false });
      return "none";
    } finally {
      isAnswered = true;
      clearTimeout(overdue);
    }
  }
}
