import type { Channel, ConsumeMessage } from "amqplib";
import type { Delivery, Subscription } from "../../transport.js";
import type { Connection } from "./connection.js";
import { nextStep, steadied } from "./credit.js";
import { ChannelLife, type Feed, OwnedDelivery } from "./delivery.js";
import { asError } from "./failure.js";
import { read, type Reading } from "./properties.js";
import { StandingChannel } from "./standing-channel.js";

export interface ConsumerOptions {
  readonly connection: Connection;
  /** The queue as tasks name it, and as the broker does. */
  readonly queue: string;
  readonly name: string;
  readonly credit: number;
  readonly onBatch: (batch: readonly Delivery[]) => void;
  /** Makes sure that the queue is there. */
  readonly declare: () => Promise<void>;
  /** The queue may be gone. */
  readonly undeclare: () => void;
  /** Takes care of what no worker should see; false when it is to be delivered. */
  readonly divert: (delivery: OwnedDelivery, reading: Reading) => boolean;
  readonly createId: () => string;
  readonly owner: object;
  readonly report: (error: Error) => void;
  /** It is stopped, and all that was delivered is settled or lost. */
  readonly done: () => void;
}

/**
 * Consumes one queue on a channel of its own. RabbitMQ fixes a consumer's prefetch when it begins: credit grows by one more
 * consumer on the channel and shrinks by cancelling some, which leaves what they were given unsettled and valid.
 */
export class Consumer implements Subscription {
  readonly queue: string;
  readonly #options: ConsumerOptions;
  readonly #channel: StandingChannel;
  readonly #feeds: Feed[] = [];
  #credit: number;
  #life: ChannelLife | undefined;
  #inbox: OwnedDelivery[] = [];
  #adjusting: Promise<void> | undefined;
  #stopped = false;

  constructor(options: ConsumerOptions) {
    this.queue = options.queue;
    this.#options = options;
    this.#credit = options.credit;
    this.#channel = new StandingChannel({
      connection: options.connection,
      kind: "plain",
      setUp: (channel) => this.#setUp(channel),
      gone: () => this.#gone(),
      report: options.report,
    });
  }

  /** What is delivered and not settled. */
  get owned(): ReadonlySet<OwnedDelivery> {
    return this.#life?.owned ?? new Set();
  }

  start(): Promise<void> {
    return this.#channel.open();
  }

  credit(n: number): void {
    this.#credit = steadied(this.#credit, n);
    this.#adjust();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#adjust();
    while (this.#adjusting !== undefined) await this.#adjusting.catch(() => {});
    this.#closeIfDone();
  }

  /** Gives up what is owned: it goes back to the queue, and the broker counts a delivery. */
  close(): void {
    this.#stopped = true;
    this.#end();
    this.#gone();
  }

  async #setUp(channel: Channel): Promise<void> {
    await this.#options.declare();
    if (this.#stopped) return;
    this.#life = new ChannelLife(channel, () => this.#settled());
    this.#adjusting = this.#adjustAll(channel);
    await this.#adjusting.finally(() => (this.#adjusting = undefined));
  }

  #gone(): void {
    this.#life?.end();
    this.#life = undefined;
    this.#feeds.length = 0;
    this.#inbox = [];
    if (this.#stopped) this.#end();
  }

  #settled(): void {
    if (this.#life === undefined) return;
    this.#adjust();
    this.#closeIfDone();
  }

  #closeIfDone(): void {
    if (this.#stopped && this.#adjusting === undefined && this.owned.size === 0) this.#end();
  }

  #end(): void {
    this.#channel.close();
    this.#options.done();
  }

  /** Brings the consumers of the channel in line with the credit, one step at a time. */
  #adjust(): void {
    const channel = this.#channel.current;
    if (this.#adjusting !== undefined || channel === undefined || this.#step() === undefined) return;
    this.#adjusting = this.#tryAdjustAll(channel);
  }

  async #tryAdjustAll(channel: Channel): Promise<void> {
    try {
      await this.#adjustAll(channel);
    } catch {
      // a channel that refuses is opened again, with the credit of that time
      this.#channel.restart();
    }
    this.#adjusting = undefined;
    this.#closeIfDone();
  }

  #step(): ReturnType<typeof nextStep> {
    return nextStep(this.#feeds, { credit: this.#stopped ? 0 : this.#credit, owned: this.owned.size });
  }

  async #adjustAll(channel: Channel): Promise<void> {
    for (let step = this.#step(); step !== undefined; step = this.#step()) {
      if (this.#life?.channel !== channel) return;
      if (step.add > 0) await this.#addFeed(channel, step.add);
      for (const feed of step.cancel) await this.#cancel(channel, feed);
    }
  }

  async #addFeed(channel: Channel, credit: number): Promise<void> {
    const feed: Feed = { tag: "", credit, owned: 0 };
    await channel.prefetch(credit, false);
    this.#feeds.push(feed);
    const life = this.#life!;
    feed.tag = (await channel.consume(this.#options.name, (message) => this.#receive(message, feed, life))).consumerTag;
  }

  async #cancel(channel: Channel, feed: Feed): Promise<void> {
    await channel.cancel(feed.tag);
    const at = this.#feeds.indexOf(feed);
    if (at >= 0) this.#feeds.splice(at, 1);
  }

  /** n.b. what is thrown here closes the channel, and `null` stands for a consumer that the broker cancelled. */
  #receive(message: ConsumeMessage | null, feed: Feed, life: ChannelLife): void {
    try {
      if (message === null) this.#cancelled();
      else if (!life.isOver) this.#take(message, feed, life);
    } catch (error) {
      this.#options.report(asError(error));
    }
  }

  /** The queue was deleted, or what was delivered stayed unsettled for too long. */
  #cancelled(): void {
    this.#options.undeclare();
    this.#life?.end();
    this.#channel.restart();
  }

  #take(message: ConsumeMessage, feed: Feed, life: ChannelLife): void {
    const { queue, owner, createId, divert } = this.#options;
    const reading = read(message, queue, createId);
    const { envelope, redeliveries } = reading;
    const delivery = new OwnedDelivery({ envelope, redeliveries, tag: message.fields.deliveryTag, feed, life, owner });
    life.own(delivery);
    if (divert(delivery, reading)) return;
    if (this.#inbox.push(delivery) === 1) queueMicrotask(() => this.#deliver());
  }

  /** All that one piece of the stream brought is one batch. */
  #deliver(): void {
    const batch = this.#inbox.filter((delivery) => !delivery.isLost);
    this.#inbox = [];
    if (batch.length === 0) return;
    try {
      this.#options.onBatch(batch);
    } catch (error) {
      this.#options.report(asError(error));
    }
  }
}
