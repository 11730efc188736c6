import { LONGEST_TIMER_MS } from "../../timer.js";
import type { Delivery, Subscription } from "../../transport.js";
import { BellWatch, type Token } from "./bell-watch.js";
import type { Connection } from "./connection.js";
import { RedisDelivery } from "./delivery.js";
import { Fetcher } from "./fetcher.js";
import type { QueueKeys } from "./keys.js";
import type { Lease } from "./lease.js";
import type { StoredMessage } from "./message-format.js";
import { distribute, Taker } from "./taker.js";

export interface QueueConsumerOptions {
  readonly connection: Connection;
  readonly queue: string;
  readonly keys: QueueKeys;
  readonly lease: Lease;
  readonly closing: AbortSignal;
  readonly report: (error: Error) => void;
  /** Hands back what came although nobody has credit for it any more. */
  readonly release: (deliveries: readonly RedisDelivery[]) => Promise<unknown>;
}

/** How long a little free credit waits for more of it, so that a batch is fetched rather than single messages. */
const GATHER_MS = 5;

/** All that one transport consumes of one queue: what it owns, who takes it, and when to look for more. */
export class QueueConsumer {
  readonly queue: string;
  readonly keys: QueueKeys;
  readonly lease: Lease;
  /** Consumers of the queue, this one among them. */
  peers = 1;
  /** The hand holds a message whose settlement is not confirmed. */
  handInUse = false;
  readonly #options: QueueConsumerOptions;
  readonly #owned = new Set<RedisDelivery>();
  readonly #fetcher: Fetcher;
  readonly #bell: BellWatch;
  #takers: readonly Taker[] = [];
  #pulling: Promise<void> | undefined;
  #again = false;
  #mayHaveMore = false;
  #due: NodeJS.Timeout | undefined;
  #gathering: NodeJS.Timeout | undefined;

  constructor(options: QueueConsumerOptions) {
    this.#options = options;
    this.queue = options.queue;
    this.keys = options.keys;
    this.lease = options.lease;
    this.#fetcher = new Fetcher(options);
    this.#bell = new BellWatch({
      connection: options.connection,
      bell: options.keys.bell,
      wants: () => this.#spare > 0 && this.#pulling === undefined,
      onToken: (token) => this.#onToken(token),
    });
  }

  get owned(): ReadonlySet<RedisDelivery> {
    return this.#owned;
  }

  /** Begins to consume; resolves when the store knows of it. */
  async subscribe(credit: number, onBatch: (batch: readonly Delivery[]) => void): Promise<Subscription> {
    const { connection, closing } = this.#options;
    await connection.perform((session) => this.lease.enrol(session), [closing]);
    const taker = new Taker(credit, onBatch, connection.keepAlive.hold());
    this.#takers = [...this.#takers, taker];
    this.pull();
    return { credit: (n) => this.#setCredit(taker, n), stop: () => this.#stop(taker) };
  }

  /** Looks for messages, if there is credit. */
  pull(): void {
    this.#mayHaveMore = true;
    if (this.#pulling !== undefined) this.#again = true;
    else if (this.#spare > 0) this.#start();
  }

  /** Takes back what belongs to nobody now; what was not owned is not in the answer. */
  disown(deliveries: readonly RedisDelivery[]): RedisDelivery[] {
    const ours = deliveries.filter((delivery) => this.#owned.delete(delivery));
    for (const delivery of ours) this.#takerOf(delivery)?.drop(delivery);
    return ours;
  }

  /** What is free now may be used for others, or for what was just put back. */
  freed(putBack: boolean): void {
    this.#mayHaveMore ||= putBack;
    if (!this.#mayHaveMore) return this.#bell.check();
    const isLittle = this.#takers.some((taker) => taker.spare > 0 && taker.spare * 4 < taker.granted);
    if (!isLittle) this.pull();
    else
      this.#gathering ??= setTimeout(() => {
        this.#gathering = undefined;
        this.pull();
      }, GATHER_MS);
  }

  /** A settlement failed: still owned. */
  own(deliveries: readonly RedisDelivery[]): void {
    for (const delivery of deliveries) if (!delivery.isLost) this.#owned.add(delivery);
  }

  /** The store gave all of it to others: goes on under another name. */
  lose(): void {
    const lost = this.disown([...this.#owned]);
    for (const delivery of lost) delivery.lose();
    this.lease.retire();
    this.handInUse = false;
    this.pull();
  }

  close(): void {
    for (const taker of this.#takers) taker.close();
    this.#takers = [];
    this.#bell.close();
    clearTimeout(this.#due);
    clearTimeout(this.#gathering);
  }

  get #spare(): number {
    return this.#takers.reduce((sum, taker) => sum + taker.spare, 0);
  }

  #setCredit(taker: Taker, credit: number): void {
    taker.credit(credit);
    if (taker.spare > 0) this.pull();
  }

  async #stop(taker: Taker): Promise<void> {
    if (!this.#takers.includes(taker)) return;
    taker.close();
    this.#takers = this.#takers.filter((one) => one !== taker);
  }

  #takerOf(delivery: RedisDelivery): Taker | undefined {
    return this.#takers.find((taker) => taker.has(delivery));
  }

  #start(hand = false): void {
    this.#pulling = this.#run(hand)
      .catch((error: Error) => {
        if (!this.#options.closing.aborted) this.#options.report(error);
      })
      .finally(() => {
        this.#pulling = undefined;
        this.#bell.check();
      });
  }

  async #run(hand: boolean): Promise<void> {
    if (hand) {
      this.handInUse = true;
      const message = await this.#fetcher.takeOne();
      if (message === undefined) this.handInUse = false;
      else await this.#deliver([message], true);
      if (!this.#again) return;
    }
    do {
      this.#again = false;
      const wanted = this.#spare;
      if (wanted > 0) await this.#fetch(wanted);
    } while (this.#again && !this.#options.closing.aborted);
  }

  async #fetch(wanted: number): Promise<void> {
    const found = await this.#fetcher.fetch(wanted, this.peers);
    if (found === undefined) return this.lose();
    this.#mayHaveMore = found.more;
    this.#setDue(found.untilDue);
    await this.#deliver(found.messages, false);
  }

  async #onToken(token: Token): Promise<void> {
    if (this.#spare <= 0) {
      this.#mayHaveMore = true;
      if (token !== "none") await this.#fetcher.ring();
      return;
    }
    if (this.#pulling !== undefined) this.#again = true;
    else this.#start(token === "one" && this.#owned.size === 0 && !this.handInUse && this.#fetcher.canTakeOne());
    await this.#pulling;
  }

  async #deliver(messages: readonly StoredMessage[], inHand: boolean): Promise<void> {
    if (this.#options.closing.aborted) return;
    const { consumer } = this.lease;
    const deliveries = messages.map((message) => new RedisDelivery(message, this, { consumer, inHand }));
    for (const delivery of deliveries) this.#owned.add(delivery);
    const excess = distribute(deliveries, this.#takers, this.#options.report);
    if (excess.length > 0) await this.#options.release(excess);
  }

  #setDue(untilDue: number): void {
    clearTimeout(this.#due);
    this.#due = undefined;
    if (untilDue < 0) return;
    this.#due = setTimeout(() => this.pull(), Math.min(LONGEST_TIMER_MS, untilDue + 1)).unref();
  }
}
