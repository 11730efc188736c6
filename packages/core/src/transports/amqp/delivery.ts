import type { Channel } from "amqplib";
import type { Delivery, Envelope } from "../../transport.js";
import { Acks } from "./acks.js";
import type { Lull } from "./lull.js";

/** One life of a consumer's channel, and what was delivered on it. A delivery can be acknowledged there and nowhere else. */
export class ChannelLife {
  readonly channel: Channel;
  /** Its consumers. */
  readonly feeds: Feed[] = [];
  readonly #acks: Acks;
  readonly #owned = new Set<OwnedDelivery>();
  readonly #onSettled: () => void;
  #lull: Lull | undefined;
  #over = false;

  constructor(channel: Channel, onSettled: () => void) {
    this.channel = channel;
    this.#acks = new Acks(channel);
    this.#onSettled = onSettled;
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** What is not settled yet. */
  get owned(): ReadonlySet<OwnedDelivery> {
    return this.#owned;
  }

  own(delivery: OwnedDelivery): void {
    this.#owned.add(delivery);
    delivery.feed.owned++;
    this.#lull?.came(delivery.feed);
  }

  /** Does something in a lull of some of its consumers; what is acknowledged meanwhile is written after it. */
  async duringLull(lull: Lull, work: () => Promise<void>): Promise<void> {
    this.#lull = lull;
    try {
      await lull.over;
      if (!this.#over) await work();
    } finally {
      this.#lull = undefined;
      this.#flush();
    }
  }

  /** Acknowledges; false when they are not ours any more. */
  acknowledge(deliveries: readonly OwnedDelivery[]): boolean {
    if (this.#over) return false;
    for (const delivery of deliveries) {
      this.#acks.add(delivery.tag);
      if (this.#owned.delete(delivery)) delivery.feed.owned--;
    }
    if (this.#lull === undefined && !this.#flush()) return false;
    this.#onSettled();
    return true;
  }

  /** The channel is gone: all that was delivered on it is lost. */
  end(): void {
    if (this.#lull !== undefined) this.#flush();
    this.#over = true;
    this.#lull?.end();
    for (const delivery of this.#owned) delivery.lose();
    this.#owned.clear();
  }

  /** False when the channel is closed. */
  #flush(): boolean {
    try {
      this.#acks.flush();
      return true;
    } catch {
      return false;
    }
  }
}

/** One of a channel's consumers: how much it may own, and how much it does. */
export interface Feed {
  tag: string;
  readonly credit: number;
  owned: number;
}

/** What a delivery is made of. */
export interface Received {
  readonly envelope: Envelope;
  readonly redeliveries: number;
  readonly tag: number;
  readonly feed: Feed;
  readonly life: ChannelLife;
  /** The transport it belongs to. */
  readonly owner: object;
}

export class OwnedDelivery implements Delivery {
  readonly envelope: Envelope;
  readonly redeliveries: number;
  readonly tag: number;
  readonly feed: Feed;
  readonly life: ChannelLife;
  readonly #owner: object;
  #state: "owned" | "claimed" | "lost" = "owned";
  #controller: AbortController | undefined;

  constructor({ envelope, redeliveries, tag, feed, life, owner }: Received) {
    this.envelope = envelope;
    this.redeliveries = redeliveries;
    this.tag = tag;
    this.feed = feed;
    this.life = life;
    this.#owner = owner;
  }

  get token(): this {
    return this;
  }

  get isLost(): boolean {
    return this.#state === "lost";
  }

  get lost(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#state === "lost") this.#controller.abort();
    return this.#controller.signal;
  }

  /** Takes the right to settle it; false when somebody has it or the message is lost. */
  claim(owner: object): boolean {
    if (owner !== this.#owner || this.#state !== "owned" || this.life.isOver) return false;
    this.#state = "claimed";
    return true;
  }

  /** It could not be settled and may be again. */
  unclaim(): void {
    if (this.#state === "claimed") this.#state = "owned";
  }

  lose(): void {
    this.#state = "lost";
    this.#controller?.abort();
  }
}
