import type { Channel, ConsumeMessage } from "amqplib";
import type { Delivery, Subscription } from "../../transport.js";
import type { Connection } from "./connection.js";
import { Calm } from "./calm.js";
import { steadied } from "./credit.js";
import { ChannelLife, type Feed, OwnedDelivery } from "./delivery.js";
import { within } from "../within.js";
import { asError, cancelled, forgotten, refused, silent } from "./failure.js";
import { Feeds } from "./feeds.js";
import { read, type Reading } from "./properties.js";
import { StandingChannel } from "./standing-channel.js";
import { Vigil } from "./vigil.js";

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
  readonly failpoint: (name: string) => void;
  /** It is stopped, and all that was delivered is settled or lost. */
  readonly done: () => void;
}

/** A queue that does not answer a consumer for so long is reported, and not waited for at the end. */
const SILENT_MS = 10_000;

/** Consumes one queue on a channel of its own. */
export class Consumer implements Subscription {
  readonly queue: string;
  readonly #options: ConsumerOptions;
  readonly #channel: StandingChannel;
  readonly #feeds: Feeds;
  #credit: number;
  #life: ChannelLife | undefined;
  #inbox: OwnedDelivery[] = [];
  #adjusting: Promise<void> | undefined;
  #vigil: Vigil | undefined;
  readonly #calm = new Calm(() => this.#adjust());
  #came = 0;
  #stopped = false;

  constructor(options: ConsumerOptions) {
    this.queue = options.queue;
    this.#options = options;
    this.#credit = options.credit;
    this.#feeds = new Feeds({
      queue: options.name,
      credit: () => (this.#stopped ? 0 : this.#credit),
      isCalm: () => this.#calm.isThere,
      receive: this.#receive.bind(this),
    });
    this.#channel = new StandingChannel({
      connection: options.connection,
      kind: "plain",
      setUp: (channel) => this.#setUp(channel),
      ready: () => this.#adjust(),
      gone: (channel) => this.#gone(channel),
      refused: (reason) => options.report(refused(`the broker closed the channel of ${options.name}`, reason, true)),
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
    const limit = AbortSignal.timeout(SILENT_MS);
    const late = (): Error => silent(this.#options.name, true);
    while (this.#adjusting !== undefined && !limit.aborted) await within(this.#adjusting, limit, late).catch(() => {});
    if (this.#adjusting !== undefined && this.owned.size === 0) this.#end();
    else this.#closeIfDone();
  }

  /** Gives up what is owned: it goes back to the queue, and the broker counts a delivery. */
  close(): void {
    this.#stopped = true;
    this.#end();
    this.#loseAll();
  }

  async #setUp(channel: Channel): Promise<void> {
    const { name, report, declare } = this.#options;
    const silence = setTimeout(() => report(silent(name, true)), SILENT_MS).unref();
    try {
      await declare();
      if (!this.#stopped) await this.#consume(channel);
    } finally {
      clearTimeout(silence);
    }
  }

  async #consume(channel: Channel): Promise<void> {
    this.#loseAll();
    const life = (this.#life = new ChannelLife(channel, () => this.#settled()));
    this.#watch(life);
    this.#adjusting = this.#feeds.adjust(life);
    await this.#adjusting.finally(() => (this.#adjusting = undefined));
  }

  #watch(life: ChannelLife): void {
    const isIdle = (): boolean =>
      life.channel === this.#channel.current && this.#adjusting === undefined && life.owned.size === 0;
    this.#vigil?.end();
    this.#vigil = new Vigil({
      connection: this.#options.connection,
      queue: this.#options.name,
      idleSince: () => (isIdle() && life.feeds.length > 0 ? this.#came : undefined),
      forgotten: () => this.#cancelled(life, forgotten),
    });
  }

  #gone(channel: Channel): void {
    if (this.#life?.channel === channel) this.#loseAll();
    if (this.#stopped) this.#end();
  }

  #loseAll(): void {
    this.#vigil?.end();
    this.#life?.end();
    this.#life = undefined;
    this.#inbox = [];
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
    this.#calm.end();
    this.#channel.close();
    this.#options.done();
  }

  /** Brings the consumers of the channel in line with the credit. */
  #adjust(): void {
    const life = this.#life;
    if (this.#adjusting !== undefined || life === undefined || life.isOver) return;
    if (life.channel !== this.#channel.current) return;
    const step = this.#feeds.step(life);
    if (step === "wait") this.#calm.wait();
    else if (step !== undefined) this.#adjusting = this.#tryAdjust(life);
  }

  async #tryAdjust(life: ChannelLife): Promise<void> {
    let isAdjusted = true;
    try {
      await this.#feeds.adjust(life);
    } catch {
      // a channel that refuses is opened again, with the credit of that time
      isAdjusted = false;
      this.#channel.restart();
    }
    this.#adjusting = undefined;
    this.#closeIfDone();
    // n.b. something may have been settled since the last step was found to be none
    if (isAdjusted) this.#adjust();
  }

  /** n.b. what is thrown here closes the channel, and `null` stands for a consumer that the broker cancelled. */
  #receive(message: ConsumeMessage | null, feed: Feed, life: ChannelLife): void {
    try {
      if (message === null) this.#cancelled(life, cancelled);
      else if (!life.isOver) this.#take(message, feed, life);
    } catch (error) {
      this.#options.report(asError(error));
    }
  }

  /** The queue was deleted, or what was delivered stayed unsettled for too long. */
  #cancelled(life: ChannelLife, reason: (queue: string) => Error): void {
    if (life.isOver) return;
    const { name, undeclare, report } = this.#options;
    undeclare();
    life.end();
    this.#channel.restart();
    report(reason(name));
  }

  #take(message: ConsumeMessage, feed: Feed, life: ChannelLife): void {
    const { queue, owner, createId, divert } = this.#options;
    const reading = read(message, queue, createId);
    const { envelope, redeliveries } = reading;
    const delivery = new OwnedDelivery({ envelope, redeliveries, tag: message.fields.deliveryTag, feed, life, owner });
    life.own(delivery);
    this.#came++;
    if (divert(delivery, reading)) return;
    if (this.#inbox.push(delivery) === 1) queueMicrotask(() => this.#deliver());
  }

  /** All that one piece of the stream brought is one batch. */
  #deliver(): void {
    this.#calm.came();
    const batch = this.#inbox.filter((delivery) => !delivery.isLost);
    this.#inbox = [];
    if (batch.length === 0) return;
    // n.b. a consumer that has all it may own can be cancelled
    if (this.#calm.isAwaited) this.#adjust();
    try {
      this.#options.failpoint("fetch.after");
      this.#options.onBatch(batch);
    } catch (error) {
      this.#options.report(asError(error));
    }
  }
}
