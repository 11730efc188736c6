import type { Channel, ConsumeMessage } from "amqplib";
import type { Connection } from "./connection.js";
import { asError, NOT_FOUND, refused, replyCode, textOf } from "./failure.js";
import type { Session } from "./session.js";
import { StandingChannel } from "./standing-channel.js";
import type { QueueType } from "./settings.js";
import { replyQueueArguments } from "./versions.js";

export interface ReplyQueueOptions {
  readonly connection: Connection;
  readonly type: QueueType;
  /** A name that no queue had before; asked for again when the node of the queue is gone. */
  readonly name: () => string;
  readonly onReply: (message: ConsumeMessage) => void;
  /** The queue was gone, with all that may have been in it; there is a new one. */
  readonly onLost: () => void;
  readonly report: (error: Error) => void;
}

const UNUSED_MS = 600_000;
const PREFETCH = 1_000;

/** The queue of one process's replies. It outlives a connection and a restart of the broker, and goes when nobody used it. */
export class ReplyQueue {
  readonly #options: ReplyQueueOptions;
  readonly #channel: StandingChannel;
  #name: string;
  #wasThere = false;
  /** It was gone, and nobody was told yet. */
  #isLost = false;
  #isRemoved = false;
  #unacknowledged: { readonly channel: Channel; last: ConsumeMessage } | undefined;

  constructor(options: ReplyQueueOptions) {
    this.#options = options;
    this.#name = options.name();
    this.#channel = new StandingChannel({
      connection: options.connection,
      kind: "plain",
      setUp: (channel, session) => this.#setUp(channel, session),
      gone: () => {},
      refused: (reason) => options.report(refused(`the broker closed the channel of ${this.#name}`, reason, true)),
      report: options.report,
    });
  }

  /** Where replies are to be sent now. */
  get name(): string {
    return this.#name;
  }

  open(): Promise<void> {
    return this.#channel.open();
  }

  /** Removes the queue: nobody else reads it. */
  async remove(): Promise<void> {
    // n.b. the broker tells a consumer that its queue was deleted
    this.#isRemoved = true;
    await this.#channel.current?.deleteQueue(this.#name);
  }

  close(): void {
    this.#channel.close();
  }

  async #setUp(channel: Channel, session: Session): Promise<void> {
    const { type, onLost } = this.#options;
    await this.#find(session);
    const name = this.#name;
    await channel.assertQueue(name, { durable: true, arguments: replyQueueArguments(type, UNUSED_MS) });
    this.#wasThere = true;
    await channel.prefetch(PREFETCH, false);
    await channel.consume(name, (message) => this.#receive(message, channel));
    if (!this.#isLost) return;
    this.#isLost = false;
    onLost();
  }

  /** Finds out what became of it. One whose node is down cannot be made again, and nobody knows for how long: another takes its place. */
  async #find(session: Session): Promise<void> {
    if (!this.#wasThere) return;
    const found = await find(session, this.#name);
    if (found !== "there") this.#isLost = true;
    if (found === "down") this.#name = this.#options.name();
  }

  #receive(message: ConsumeMessage | null, channel: Channel): void {
    if (message === null) return this.#isRemoved ? undefined : this.#channel.restart();
    try {
      this.#options.onReply(message);
    } catch (error) {
      this.#options.report(asError(error));
    }
    if (this.#unacknowledged?.channel === channel) this.#unacknowledged.last = message;
    else this.#acknowledgeSoon(channel, message);
  }

  /** All that one piece of the stream brought is acknowledged at once. */
  #acknowledgeSoon(channel: Channel, last: ConsumeMessage): void {
    const batch = (this.#unacknowledged = { channel, last });
    queueMicrotask(() => {
      if (this.#unacknowledged === batch) this.#unacknowledged = undefined;
      try {
        channel.ack(batch.last, true);
      } catch {
        // n.b. the channel is gone; the replies come again and are known by then
      }
    });
  }
}

/** What a server says of a classic queue that is on a node which is down. */
const NODE_DOWN = /home node .* is down or inaccessible|process is stopped by supervisor/;

async function find(session: Session, name: string): Promise<"there" | "gone" | "down"> {
  try {
    await session.scratch((channel) => channel.checkQueue(name));
    return "there";
  } catch (error) {
    if (replyCode(error) !== NOT_FOUND) throw error;
    return NODE_DOWN.test(textOf(error)) ? "down" : "gone";
  }
}
