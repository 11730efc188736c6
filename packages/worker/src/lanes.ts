import type { Delivery, Subscription, Transport } from "@taskgen/core/internal";
import type { SlotlessJobs } from "./batches/batch-room.js";
import type { OwnedJobs } from "./owned-jobs.js";
import type { Prefetch } from "./prefetch.js";
import type { WorkerQueue } from "./queues.js";
import { shareCredit } from "./shares.js";

/** What a queue uses is the most that it had within the last one or two of these: between two batches any queue is empty. */
const WINDOW_MS = 100;

/** One queue that a worker takes from. */
class Lane {
  readonly queue: string;
  readonly weight: number;
  readonly cap: number;
  /** How many it may own. */
  share = 0;
  #peak = 0;
  #lastPeak = 0;
  #granted = 0;
  #subscription: Subscription | undefined;
  #stopped = false;

  constructor({ name, weight = 1, concurrency = Infinity }: WorkerQueue) {
    this.queue = name;
    this.weight = weight;
    this.cap = concurrency;
  }

  get used(): number {
    return Math.max(this.#peak, this.#lastPeak);
  }

  note(used: number, isNewWindow: boolean): void {
    if (isNewWindow) this.#lastPeak = this.#peak;
    this.#peak = isNewWindow ? used : Math.max(this.#peak, used);
  }

  async open(transport: Transport, onBatch: (batch: readonly Delivery[]) => void): Promise<void> {
    const credit = this.#granted;
    const subscription = await transport.consume(this.queue, credit, onBatch);
    if (this.#stopped) return subscription.stop();
    this.#subscription = subscription;
    if (this.#granted !== credit) subscription.credit(this.#granted);
  }

  /** `more`: what the broker counts and does not count here. */
  grant(share: number, more: number): void {
    this.share = share;
    const credit = Math.max(0, share + more);
    if (credit === this.#granted) return;
    this.#granted = credit;
    this.#subscription?.credit(credit);
  }

  async stop(): Promise<void> {
    const subscription = this.#subscription;
    this.#stopped = true;
    this.#subscription = undefined;
    await subscription?.stop();
  }
}

/** What a worker has, as the division needs to know it. */
export interface Holdings {
  readonly owned: OwnedJobs;
  /** Of these: who waits for others. Their slots are free, and the broker counts them. */
  readonly joining: OwnedJobs;
  /** Of these: who was acknowledged before it runs. The broker does not count them. */
  readonly acknowledged: OwnedJobs;
  /** Of these: who is in a batch. Their slots are free, and the broker counts them. */
  readonly slotless: SlotlessJobs;
  /** How many it may own. */
  readonly prefetch: Prefetch;
}

/** The queues of a worker: divides among them what it may own. */
export class Lanes {
  readonly #holdings: Holdings;
  #lanes: readonly Lane[] = [];
  #windowStart = 0;

  constructor(holdings: Holdings) {
    this.#holdings = holdings;
  }

  /** Whether there is anything to divide. */
  get areMany(): boolean {
    return this.#lanes.length > 1;
  }

  /** Begins to consume; what was begun when it rejects is stopped by `stop`. */
  async open(
    queues: readonly WorkerQueue[],
    transport: Transport,
    onBatch: (batch: readonly Delivery[]) => void,
  ): Promise<void> {
    this.#lanes = queues.map((queue) => new Lane(queue));
    this.grant();
    // n.b. all at once: a broker may answer for one queue and not for another
    await Promise.all(this.#lanes.map((lane) => lane.open(transport, onBatch)));
  }

  /** Divides anew. */
  grant(): void {
    const { joining, acknowledged, slotless } = this.#holdings;
    if (this.areMany) this.#note();
    for (const [i, share] of this.#shares().entries()) {
      const lane = this.#lanes[i]!;
      lane.grant(share, joining.of(lane.queue) + slotless.room(lane.queue) - acknowledged.of(lane.queue));
    }
  }

  /** How many of a queue may run and wait here together. */
  limitOf(queue: string): number {
    const lane = this.#lanes.find((one) => one.queue === queue);
    return (lane?.share ?? 0) + this.#holdings.joining.of(queue) + this.#holdings.slotless.room(queue);
  }

  /** Whether a queue has more than its part. */
  get exceed(): boolean {
    const shares = this.#shares();
    return this.#lanes.some((lane, i) => this.#used(lane) > shares[i]!);
  }

  /** How many more each queue may own when those in `aside` are not counted; below 0: it has too many. */
  rooms(aside: OwnedJobs): Map<string, number> {
    const shares = this.#shares();
    return new Map(
      this.#lanes.map((lane, i) => [lane.queue, shares[i]! + aside.of(lane.queue) - this.#used(lane)] as const),
    );
  }

  /** Ends all subscriptions; `failed` is told why one could not be ended. */
  async stop(failed: (reason: unknown) => void): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.stop().catch(failed)));
  }

  #shares(): readonly number[] {
    const { credit, concurrency } = this.#holdings.prefetch;
    if (this.areMany) return shareCredit(credit, this.#lanes, concurrency);
    return this.#lanes.map(({ cap }) => Math.min(credit, cap));
  }

  #note(): void {
    const now = performance.now();
    const isNewWindow = now - this.#windowStart >= WINDOW_MS;
    if (isNewWindow) this.#windowStart = now;
    for (const lane of this.#lanes) lane.note(this.#used(lane), isNewWindow);
  }

  #used({ queue }: Lane): number {
    const { owned, joining, slotless } = this.#holdings;
    return Math.max(0, owned.of(queue) - joining.of(queue) - slotless.held(queue));
  }
}
