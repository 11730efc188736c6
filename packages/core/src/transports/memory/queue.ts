import type { Ambient } from "../../ambient.js";
import type { DeadLetter, QueueDepth } from "../../powers.js";
import type { Delivery } from "../../transport.js";
import { Consumer, type ConsumerOwner } from "./consumer.js";
import { DelayedHeap } from "./delayed-heap.js";
import { ReadyList } from "./ready-list.js";
import type { StoredMessage } from "./stored-message.js";

/** What a broker in memory knows the time from. */
export type Clock = Pick<Ambient, "now" | "setAlarm">;

/** One queue: who waits, who is due later, who consumes. */
export class Queue {
  readonly name: string;
  deadLetters: DeadLetter[] = [];
  readonly #clock: Clock;
  readonly #ready = new ReadyList();
  readonly #delayed = new DelayedHeap();
  #consumers: readonly Consumer[] = [];
  #owned = 0;
  #turn = 0;
  #pump: NodeJS.Immediate | undefined;
  #alarm: { readonly stop: () => void; readonly due: number } | undefined;

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.#clock = clock;
  }

  /** Puts a message at the back, or away until it is due. */
  add(message: StoredMessage): void {
    if (message.envelope.eta !== undefined && message.envelope.eta > this.#clock.now()) {
      this.#delayed.push(message);
      this.#setAlarm();
    } else {
      this.#ready.pushBack(message);
      this.#schedule();
    }
  }

  /** Puts messages at the front, in the order given. */
  putBack(messages: readonly StoredMessage[]): void {
    for (const message of messages.toReversed()) this.#ready.pushFront(message);
    this.#schedule();
  }

  /** Ends a claim; the message is in nobody's hands until it is put somewhere. */
  disown(message: StoredMessage): void {
    const claimant = message.claim?.claimant;
    message.claim = undefined;
    this.#owned--;
    claimant?.settled();
  }

  consume(owner: ConsumerOwner, credit: number, onBatch: (batch: readonly Delivery[]) => void): Consumer {
    const consumer = new Consumer({
      owner,
      credit,
      onBatch,
      wake: () => this.#schedule(),
      leave: (gone) => void (this.#consumers = this.#consumers.filter((one) => one !== gone)),
    });
    this.#consumers = [...this.#consumers, consumer];
    this.#schedule();
    return consumer;
  }

  /** Stops the consumers of one transport. */
  async dismiss(owner: ConsumerOwner): Promise<void> {
    await Promise.all(this.#consumers.filter((one) => one.owner === owner).map((one) => one.stop()));
  }

  depth(): QueueDepth {
    this.#promoteDue();
    return {
      queue: this.name,
      waiting: this.#ready.length,
      delayed: this.#delayed.length,
      owned: this.#owned,
      dead: this.deadLetters.length,
      consumers: new Set(this.#consumers.map(({ owner }) => owner)).size,
    };
  }

  /** Removes what waits and what is delayed. */
  drain(): StoredMessage[] {
    const removed: StoredMessage[] = [];
    for (let one = this.#ready.shift(); one !== undefined; one = this.#ready.shift()) removed.push(one);
    for (let one = this.#delayed.pop(); one !== undefined; one = this.#delayed.pop()) removed.push(one);
    this.#setAlarm();
    return removed;
  }

  removeDead(ids: ReadonlySet<string>): number {
    const before = this.deadLetters.length;
    this.deadLetters = this.deadLetters.filter(({ envelope }) => !ids.has(envelope.id));
    return before - this.deadLetters.length;
  }

  dispose(): void {
    clearImmediate(this.#pump);
    this.#alarm?.stop();
  }

  /** Delivers on the next turn of the event loop: all that one tick brings goes out together, and timers get their turn. */
  #schedule(): void {
    if (this.#pump !== undefined || this.#consumers.length === 0) return;
    if (this.#ready.length === 0) return;
    this.#pump = setImmediate(() => this.#deliver());
  }

  #deliver(): void {
    this.#pump = undefined;
    this.#promoteDue();
    const takers = this.#takers();
    for (const [index, taker] of takers.entries()) {
      const fairShare = Math.ceil(this.#ready.length / (takers.length - index));
      const batch = this.#take(Math.min(taker.spare, fairShare));
      if (batch.length > 0) taker.push(batch);
    }
    if (takers.some((taker) => taker.spare > 0)) this.#schedule();
  }

  /** Who has credit left, each time beginning with another one. */
  #takers(): Consumer[] {
    const start = this.#turn++ % Math.max(1, this.#consumers.length);
    const inTurn =
      start === 0 ? this.#consumers : [...this.#consumers.slice(start), ...this.#consumers.slice(0, start)];
    return inTurn.filter((one) => one.spare > 0);
  }

  #take(count: number): StoredMessage[] {
    const batch: StoredMessage[] = [];
    while (batch.length < count) {
      const message = this.#ready.shift();
      if (message === undefined) break;
      batch.push(message);
    }
    this.#owned += batch.length;
    return batch;
  }

  #promoteDue(): void {
    if (this.#delayed.length === 0) return;
    const now = this.#clock.now();
    for (let due = this.#delayed.nextDue; due !== undefined && due <= now; due = this.#delayed.nextDue) {
      this.#ready.pushBack(this.#delayed.pop()!);
    }
    this.#setAlarm();
  }

  /** One timer, for the message that is due next. */
  #setAlarm(): void {
    const due = this.#delayed.nextDue;
    if (due === this.#alarm?.due) return;
    this.#alarm?.stop();
    this.#alarm =
      due === undefined ? undefined : { due, stop: this.#clock.setAlarm(() => this.#ring(), due - this.#clock.now()) };
  }

  #ring(): void {
    this.#alarm = undefined;
    this.#promoteDue();
    this.#setAlarm();
    this.#schedule();
  }
}
