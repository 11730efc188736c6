import type { ConsumeMessage } from "amqplib";
import { nextStep, type Step } from "./credit.js";
import type { ChannelLife, Feed } from "./delivery.js";
import { Lull } from "./lull.js";

export interface FeedsOptions {
  /** The queue's name at the broker. */
  readonly queue: string;
  /** How much all of a channel's consumers may own together, at this time. */
  readonly credit: () => number;
  /** Whether nothing comes. */
  readonly isCalm: () => boolean;
  /** `null`: the broker cancelled the consumer. */
  readonly receive: (message: ConsumeMessage | null, feed: Feed, life: ChannelLife) => void;
}

/**
 * The consumers of a channel. RabbitMQ fixes a consumer's prefetch when it begins: credit grows by one more consumer on the
 * channel and shrinks by cancelling some, which leaves what they were given unsettled and valid.
 */
export class Feeds {
  readonly #options: FeedsOptions;

  constructor(options: FeedsOptions) {
    this.#options = options;
  }

  /** What is to be done, if anything, or later when nothing comes. */
  step({ feeds, owned }: ChannelLife): Step | "wait" | undefined {
    const { credit, isCalm } = this.#options;
    return nextStep(feeds, { credit: credit(), owned: owned.size, isCalm: isCalm() });
  }

  /** Brings a channel's consumers in line with the credit, one step at a time. Rejects when the channel is gone. */
  async adjust(life: ChannelLife): Promise<void> {
    for (let step = this.step(life); typeof step === "object" && !life.isOver; step = this.step(life)) {
      const { add, cancel } = step;
      if (add > 0) await this.#add(life, add);
      else await life.duringLull(this.#lull(life, cancel), () => this.#cancel(life, cancel));
    }
  }

  #lull({ channel }: ChannelLife, feeds: readonly Feed[]): Lull {
    return new Lull(feeds, async () => (await channel.checkQueue(this.#options.queue)).messageCount);
  }

  async #add(life: ChannelLife, credit: number): Promise<void> {
    const { channel, feeds } = life;
    const { queue, receive } = this.#options;
    const feed: Feed = { tag: "", credit, owned: 0 };
    await channel.prefetch(credit, false);
    feeds.push(feed);
    feed.tag = (await channel.consume(queue, (message) => receive(message, feed, life))).consumerTag;
  }

  async #cancel({ channel, feeds }: ChannelLife, cancelled: readonly Feed[]): Promise<void> {
    for (const feed of [...cancelled]) {
      await channel.cancel(feed.tag);
      const at = feeds.indexOf(feed);
      if (at >= 0) feeds.splice(at, 1);
    }
  }
}
