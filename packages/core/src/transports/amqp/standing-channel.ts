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
  /** The channel that was set up last is gone, and all that was delivered on it. */
  readonly gone: () => void;
  /** It could not be opened again; it is tried later. */
  readonly report: (error: Error) => void;
}

const BACKOFF = { factorMs: 50, maxMs: 5_000, jitter: true } as const;

/** A channel that is opened again, with all that belongs to it, whenever it or its connection was lost. */
export class StandingChannel {
  readonly #options: StandingChannelOptions;
  #channel: Channel | undefined;
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

  /** Opens it for the first time; rejects when the broker refuses. */
  open(): Promise<void> {
    return (this.#opening ??= this.#open());
  }

  /** Gives up the channel and opens another one. */
  restart(): void {
    this.#channel?.close().catch(() => {});
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
    let open = true;
    channel.on("close", () => {
      open = false;
      if (this.#channel === channel) this.#gone();
    });
    try {
      await setUp(channel, session);
    } catch (error) {
      channel.close().catch(() => {});
      throw error;
    }
    if (!open) throw new Error("the channel was closed while it was set up");
    this.#channel = channel;
    if (this.#closed) this.close();
  }

  #gone(): void {
    this.#channel = undefined;
    this.#options.gone();
    if (!this.#closed) this.#opening = this.#reopen();
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
