import type { Channel } from "amqplib";
import { backoffDelay } from "../../backoff.js";
import type { Connection } from "./connection.js";
import { asError } from "./failure.js";
import type { Session } from "./session.js";

export interface StandingChannelOptions {
  readonly connection: Connection;
  readonly kind: "plain" | "confirm";
  /** Prepares a new channel. When it fails the channel is given up. */
  readonly setUp: (channel: Channel, session: Session) => Promise<void> | void;
  /** It is open and set up. */
  readonly ready?: () => void;
  /** A channel whose set-up had begun is gone, and all that was delivered on it. */
  readonly gone: (channel: Channel) => void;
  /** The broker closes it after it was set up, and says why. */
  readonly refused: (reason: Error) => void;
  /** It could not be opened again; it is tried later. */
  readonly report: (error: Error) => void;
}

const BACKOFF = { factorMs: 50, maxMs: 5_000, jitter: true } as const;

/** A channel that is opened again, with all that belongs to it, whenever it or its connection was lost. */
export class StandingChannel {
  readonly #options: StandingChannelOptions;
  #channel: Channel | undefined;
  /** The channel that is being set up. */
  #next: Channel | undefined;
  #opening: Promise<void> | undefined;
  #endPause: (() => void) | undefined;
  #closed = false;

  constructor(options: StandingChannelOptions) {
    this.#options = options;
  }

  /** The channel while it is open and set up. */
  get current(): Channel | undefined {
    return this.#channel;
  }

  /** Opens it for the first time; rejects when the broker refuses, and may be called again then. */
  open(): Promise<void> {
    return (this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    }));
  }

  /** Gives up the channel and opens another one. */
  restart(): void {
    (this.#channel ?? this.#next)?.close().catch(() => {});
  }

  /** The owner is done; the channel closes, and what was delivered on it and not acknowledged goes back to its queue. */
  close(): void {
    this.#closed = true;
    this.#endPause?.();
    this.#channel?.close().catch(() => {});
  }

  async #open(): Promise<void> {
    while (!this.#closed) {
      const session = await this.#options.connection.session();
      try {
        await this.#setUp(session);
        return;
      } catch (error) {
        if (!session.isLost) throw error;
        // n.b. another session may be there only after this one has told its end
        await session.ended;
      }
    }
  }

  async #setUp(session: Session): Promise<void> {
    const { kind, setUp } = this.#options;
    const channel = await session.channel(kind);
    const isOpen = this.#attend(channel);
    this.#next = channel;
    try {
      await setUp(channel, session);
    } catch (error) {
      channel.close().catch(() => {});
      throw error;
    } finally {
      this.#next = undefined;
    }
    if (!isOpen()) throw new Error("the channel was closed while it was set up");
    this.#channel = channel;
    if (this.#closed) this.close();
    else this.#options.ready?.();
  }

  /** Tells its end, at whichever time; returns whether it is still open. */
  #attend(channel: Channel): () => boolean {
    let open = true;
    // n.b. before that the set-up fails with the same reason
    channel.on("error", (reason: Error) => this.#channel === channel && this.#options.refused(reason));
    channel.on("close", () => {
      open = false;
      this.#options.gone(channel);
      if (this.#channel !== channel) return;
      this.#channel = undefined;
      if (!this.#closed) this.#opening = this.#reopen();
    });
    return () => open;
  }

  async #reopen(): Promise<void> {
    // n.b. a lost session tells its end after that of its channels
    await Promise.resolve();
    for (let failures = 0; !this.#closed && !this.#options.connection.isClosed; failures++) {
      try {
        return await this.#open();
      } catch (error) {
        if (this.#closed || this.#options.connection.isClosed) return;
        this.#options.report(asError(error));
        await this.#pause(backoffDelay(failures, BACKOFF));
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#endPause = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms).unref();
      this.#endPause = end;
    });
  }
}
