import { TransportError } from "../../errors.js";
import type { FetcherOptions } from "./fetcher.js";
import { PRIORITIES } from "./keys.js";
import { type StoredMessage, unpackMessage } from "./message-format.js";
import type { Session } from "./session.js";

const DEFAULT_PRIORITY = 4;

/** The one message that a consumer takes by a single command rather than a script: the next one of the default priority. */
export class Hand {
  readonly #options: FetcherOptions;
  readonly #waiting: string;
  /** It holds a message whose settlement is not confirmed. */
  #inUse = false;
  /** The consumer whose hand an order may reach that nobody waits for any more. */
  #unsure: string | undefined;

  constructor(options: FetcherOptions) {
    this.#options = options;
    this.#waiting = options.keys.waiting[PRIORITIES.indexOf(DEFAULT_PRIORITY)]!;
  }

  /** Whether it may take one: only for who is a consumer beyond doubt. */
  get isFree(): boolean {
    const { lease, connection } = this.#options;
    return !this.#inUse && !this.mayHoldStray && lease.isFresh && !connection.place.cluster;
  }

  /** An order was repeated: the first one may come late, and bring a message of which nobody knows. */
  get mayHoldStray(): boolean {
    return this.#unsure === this.#options.lease.consumer;
  }

  /** The message, if there was one; `refused` when the server did nothing. @throws TransportError when it is closed. */
  async take(): Promise<StoredMessage | "none" | "refused"> {
    this.#inUse = true;
    try {
      const reply = await this.#ask();
      if (reply !== null) return unpackMessage(reply as Buffer, this.#options.queue);
      this.#inUse = false;
      return "none";
    } catch (error) {
      if (!(error instanceof TransportError) || !error.certain) throw error;
      this.#inUse = false;
      return "refused";
    }
  }

  /**
   * An order to this consumer's hand is given again, to take or to settle. The hand is not used any more: the first one may come
   * late, and would take out whatever it holds then.
   */
  doubt(consumer: string): void {
    if (consumer === this.#options.lease.consumer) this.#unsure = consumer;
  }

  /** The message in the hand of this consumer was settled. */
  empty(consumer: string): void {
    if (consumer === this.#options.lease.consumer) this.#inUse = false;
  }

  /** Puts a message that came late back to the front of its queue; true when there was one. */
  async putBackStray(session: Session): Promise<boolean> {
    if (this.#inUse || !this.mayHoldStray) return false;
    const { keys, lease } = this.#options;
    return (await session.call("lmove", keys.hand(lease.consumer), this.#waiting, "LEFT", "LEFT")) !== null;
  }

  #ask(): Promise<unknown> {
    const { connection, keys, lease, closing } = this.#options;
    const { consumer } = lease;
    const hand = keys.hand(consumer);
    return connection.perform(
      async (session, repeated) => {
        if (!repeated) return session.call("lmove", this.#waiting, hand, "LEFT", "RIGHT");
        this.doubt(consumer);
        return session.call("lindex", hand, 0);
      },
      [closing],
    );
  }
}
