import type { Connection } from "./connection.js";
import { NOT_FOUND, replyCode } from "./failure.js";

const LOOK_MS = 5_000;

export interface VigilOptions {
  readonly connection: Connection;
  /** As the broker calls it. */
  readonly queue: string;
  /** How many messages came until now; undefined while there is no reason to doubt: something is owned, or changed just now. */
  readonly idleSince: () => number | undefined;
  /** The broker has forgotten the consumers. */
  readonly forgotten: () => void;
}

/**
 * Looks after consumers that get nothing: when a queue is deleted under load, RabbitMQ does not tell all of them. A queue that is
 * gone, or that twice in a row has messages or has no consumers although one of ours waits, has forgotten it.
 */
export class Vigil {
  readonly #options: VigilOptions;
  readonly #timer: NodeJS.Timeout;
  /** How many messages had come when the queue was first found to be strange. */
  #strangeAt: number | undefined;
  #isLooking = false;

  constructor(options: VigilOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), LOOK_MS).unref();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const before = this.#strangeAt;
    const came = this.#options.idleSince();
    this.#strangeAt = undefined;
    const state = came === undefined ? "well" : await this.#state();
    this.#isLooking = false;
    // n.b. what was delivered meanwhile was read before the answer
    if (state === "well" || came !== this.#options.idleSince()) return;
    if (state === "gone" || before === came) this.#options.forgotten();
    else this.#strangeAt = came;
  }

  async #state(): Promise<"well" | "strange" | "gone"> {
    const { connection, queue } = this.#options;
    try {
      const state = await connection.current?.scratch((channel) => channel.checkQueue(queue));
      return state === undefined || (state.messageCount === 0 && state.consumerCount > 0) ? "well" : "strange";
    } catch (error) {
      return replyCode(error) === NOT_FOUND ? "gone" : "well";
    }
  }
}
