import { LONGEST_TIMER_MS } from "../../timer.js";
import type { Delivery, Subscription } from "../../transport.js";
import { keepAlive } from "../keep-alive.js";
import { BellWatch, type Token } from "./bell-watch.js";
import type { Connection } from "./connection.js";
import { RedisDelivery } from "./delivery.js";
import { Fetcher } from "./fetcher.js";
import { FormerNames } from "./former-names.js";
import { Hand } from "./hand.js";
import type { QueueKeys } from "./keys.js";
import type { Lease } from "./lease.js";
import type { StoredMessage } from "./message-format.js";
import type { Session } from "./session.js";
import { Taker, Takers } from "./taker.js";

export interface QueueConsumerOptions {
  readonly connection: Connection;
  readonly queue: string;
  readonly keys: QueueKeys;
  readonly lease: Lease;
  readonly closing: AbortSignal;
  /** The lease is there; resolves when it is kept. n.b. the first task may block this thread. */
  readonly enrolled: () => Promise<void>;
  readonly report: (error: Error) => void;
  readonly failpoint: (name: string) => void;
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
  readonly hand: Hand;
  readonly former: FormerNames;
  readonly #options: QueueConsumerOptions;
  readonly #owned = new Set<RedisDelivery>();
  readonly #fetcher: Fetcher;
  readonly #bell: BellWatch;
  readonly #takers = new Takers();
  /** Came although nobody had credit for it any more; what could not be released is tried again. */
  #unwanted: readonly RedisDelivery[] = [];
  #pulling: Promise<void> | undefined;
  #again = false;
  #mayHaveMore = false;
  #isSilent = false;
  /** Priorities other than the default one are in use: only a script finds the highest. */
  #isMixed = false;
  #due: NodeJS.Timeout | undefined;
  #gathering: NodeJS.Timeout | undefined;

  constructor(options: QueueConsumerOptions) {
    this.#options = options;
    this.queue = options.queue;
    this.keys = options.keys;
    this.lease = options.lease;
    this.hand = new Hand(options);
    this.former = new FormerNames(options.keys);
    this.#fetcher = new Fetcher(options);
    this.#bell = new BellWatch({
      connection: options.connection,
      bell: options.keys.bell,
      wants: () => this.#takers.spare > 0 && this.#pulling === undefined,
      onToken: (token) => this.#onToken(token),
    });
  }

  get owned(): ReadonlySet<RedisDelivery> {
    return this.#owned;
  }

  /** Begins to consume; resolves when the store knows of it. */
  async subscribe(credit: number, onBatch: (batch: readonly Delivery[]) => void): Promise<Subscription> {
    const taker = new Taker(credit, onBatch, keepAlive());
    try {
      await this.#enrol();
      await this.#options.enrolled();
      await this.#enrol(); // n.b. meanwhile it may have been closed
    } catch (error) {
      taker.close();
      throw error;
    }
    this.#takers.add(taker);
    this.#tell();
    this.pull();
    return { credit: (n) => this.#setCredit(taker, n), stop: async () => this.#stop(taker) };
  }

  /** Looks for messages, if there is credit. */
  pull(): void {
    this.#mayHaveMore = true;
    if (this.#pulling !== undefined) this.#again = true;
    else if (this.#takers.spare > 0) this.#start();
  }

  /** Takes back what belongs to nobody now; false when it was not owned. */
  disown(delivery: RedisDelivery): boolean {
    const wasOwned = this.#owned.delete(delivery);
    if (wasOwned) this.#takers.drop(delivery);
    return wasOwned;
  }

  /** The same with all that it owns. */
  disownAll(): RedisDelivery[] {
    return [...this.#owned].filter((delivery) => this.disown(delivery));
  }

  /** What is free now may be used for others, or for what was just put back. */
  freed(putBack: boolean): void {
    this.#mayHaveMore ||= putBack;
    if (!this.#mayHaveMore) return this.#bell.check();
    if (!this.#takers.hasLittle) this.pull();
    else
      this.#gathering ??= setTimeout(() => {
        this.#gathering = undefined;
        this.pull();
      }, GATHER_MS);
  }

  /** A settlement failed: still owned. */
  own(deliveries: readonly RedisDelivery[]): void {
    for (const delivery of deliveries.filter(({ isLost }) => !isLost)) {
      this.#owned.add(delivery);
      this.#takers.keep(delivery);
    }
  }

  /** Hands back what it owns and nobody will settle. */
  async tidy(session: Session): Promise<void> {
    if (await this.hand.putBackStray(session)) this.pull();
    const unwanted = this.#unwanted;
    this.#unwanted = [];
    await this.#giveBack(unwanted.filter((delivery) => this.#owned.has(delivery)));
  }

  /** The store gave all of it to others, or forgot whose it is: goes on under another name. */
  lose(): void {
    for (const delivery of this.disownAll()) delivery.lose();
    this.hand.empty(this.lease.consumer);
    this.former.add(this.lease.consumer);
    this.lease.retire();
    const { session } = this.#options.connection;
    if (session !== undefined) this.former.putBack(session).catch(() => {}); // n.b. tried again with the next beat
    this.pull();
  }

  close(): void {
    this.#takers.close();
    this.#bell.close();
    clearTimeout(this.#due);
    clearTimeout(this.#gathering);
  }

  #enrol(): Promise<void> {
    const { connection, closing } = this.#options;
    return connection.perform((session) => this.lease.enrol(session), [closing]);
  }

  #setCredit(taker: Taker, credit: number): void {
    taker.credit(credit);
    if (taker.spare > 0) this.pull();
  }

  #stop(taker: Taker): void {
    this.#takers.stop(taker);
    this.#tell();
  }

  /** Tells those who ask for consumers; n.b. if that fails, the next one who renews the lease does. */
  #tell(): void {
    if (this.lease.isTaking === !this.#takers.isEmpty) return;
    this.lease.isTaking = !this.#takers.isEmpty;
    const { connection, closing } = this.#options;
    connection.perform((session) => this.lease.renew(session), [closing]).catch(() => {});
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
      const { consumer } = this.lease;
      const taken = await this.hand.take();
      if (typeof taken === "object") await this.#deliver([taken], { consumer, inHand: true });
      // n.b. refused, with a full memory: the script that fetches makes room first
      if (taken !== "refused" && !this.#again) return;
    }
    do {
      this.#again = false;
      const wanted = this.#takers.spare;
      if (wanted > 0) await this.#fetch(wanted);
    } while (this.#again && !this.#options.closing.aborted);
  }

  async #fetch(wanted: number): Promise<void> {
    const isSilent = this.#isSilent;
    this.#isSilent = false;
    const found = await this.#fetcher.fetch(wanted, { peers: this.peers, isSilent });
    const { consumer } = found;
    if (consumer !== this.lease.consumer) return;
    if (!found.isConsumer) return this.lose();
    this.#mayHaveMore = found.more;
    this.#isMixed ||= found.isMixed;
    this.#setDue(found.untilDue);
    await this.#deliver(found.messages, { consumer, inHand: false });
  }

  async #onToken(token: Token): Promise<void> {
    if (this.#takers.spare <= 0) {
      this.#mayHaveMore = true;
      if (token !== "none") await this.#fetcher.ring();
      return;
    }
    this.#isSilent = token === "none";
    if (this.#pulling !== undefined) this.#again = true;
    else this.#start(token === "one" && this.#owned.size === 0 && !this.#isMixed && this.hand.isFree);
    await this.#pulling;
  }

  /** n.b. what came under a name that it has lost meanwhile is put back with the rest. */
  async #deliver(
    messages: readonly StoredMessage[],
    from: { readonly consumer: string; readonly inHand: boolean },
  ): Promise<void> {
    if (this.#options.closing.aborted || from.consumer !== this.lease.consumer) return;
    const deliveries = messages.map((message) => new RedisDelivery(message, this, from));
    for (const delivery of deliveries) this.#owned.add(delivery);
    if (deliveries.length > 0) this.#options.failpoint("fetch.after");
    await this.#giveBack(this.#takers.distribute(deliveries, this.#options.report));
  }

  async #giveBack(deliveries: readonly RedisDelivery[]): Promise<void> {
    if (deliveries.length === 0) return;
    await this.#options.release(deliveries);
    const kept = deliveries.filter((delivery) => this.#owned.has(delivery));
    this.#unwanted = [...this.#unwanted, ...kept];
  }

  #setDue(untilDue: number): void {
    clearTimeout(this.#due);
    this.#due = undefined;
    if (untilDue < 0) return;
    this.#due = setTimeout(() => this.pull(), Math.min(LONGEST_TIMER_MS, untilDue + 1)).unref();
  }
}
