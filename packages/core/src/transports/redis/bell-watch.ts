import type { Connection } from "./connection.js";
import type { RedisClient } from "./driver.js";
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

/** Waits for a queue's bell on a connection of its own. A token carries no data: one that is lost costs time only. */
export class BellWatch {
  readonly #options: BellWatchOptions;
  #session: Session | undefined;
  #client: RedisClient | undefined;
  #running = false;
  #closed = false;

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
      .catch(() => {}) // its session ended; the next one calls again
      .finally(() => {
        this.#running = false;
        if (session.ended === undefined) return;
        this.check();
      });
  }

  close(): void {
    this.#closed = true;
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

  async #clientOf(session: Session): Promise<RedisClient> {
    if (this.#session === session && this.#client !== undefined) return this.#client;
    this.#session = session;
    this.#client = undefined;
    const client = await session.client();
    if (this.#closed) session.release(client);
    else this.#client = client;
    return client;
  }

  async #take(session: Session, client: RedisClient): Promise<Token> {
    const overdue = setTimeout(() => session.end("the bell is silent"), WAIT_S * 1_000 + GRACE_MS).unref();
    try {
      const reply = (await client.callBuffer("blpop", this.#options.bell, WAIT_S)) as [Buffer, Buffer] | null;
      if (reply === null) return "none";
      return reply[1].toString() === "1" ? "one" : "any";
    } finally {
      clearTimeout(overdue);
    }
  }
}
