import type { Job } from "../pool/pool.js";

/** How long a queue counts as one with batches after the last call came. n.b. to RabbitMQ every change is another consumer. */
const ACTIVE_MS = 60_000;

/** What batches take of a queue besides the slots in which they run. */
export interface SlotlessJobs {
  /** How many jobs of a queue are here without a slot: they wait in a batch, or run in that of another. */
  held(queue: string): number;
  /** How many such jobs a queue may have; 0 while no batch of it is under way. */
  room(queue: string): number;
}

/** The part of one queue. */
interface Share {
  held: number;
  readonly sizes: Map<string, number>;
  lastMs: number;
}

/** Counts the jobs of each queue that are in batches: one batch may run while the next one is collected. */
export class BatchRoom<J extends Job> implements SlotlessJobs {
  readonly #queueOf: (job: J) => string;
  readonly #onOpened: () => void;
  readonly #shares = new Map<string, Share>();

  /** @param onOpened called when a queue has room that it did not have. */
  constructor(queueOf: (job: J) => string, onOpened: () => void) {
    this.#queueOf = queueOf;
    this.#onOpened = onOpened;
  }

  /** A job came that is to run in a batch of at most `maxSize`. */
  enter(job: J, maxSize: number): void {
    const share = this.#shareOf(job);
    const wasOpen = this.#isOpen(share) && share.sizes.has(job.task);
    share.sizes.set(job.task, maxSize);
    share.lastMs = performance.now();
    share.held++;
    if (!wasOpen) this.#onOpened();
  }

  /** Some are over, or have a slot now. */
  leave(job: J, count = 1): void {
    this.#shareOf(job).held -= count;
  }

  held(queue: string): number {
    return this.#shares.get(queue)?.held ?? 0;
  }

  room(queue: string): number {
    const share = this.#shares.get(queue);
    if (share === undefined || !this.#isOpen(share)) return 0;
    return 2 * [...share.sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  #isOpen({ held, lastMs }: Share): boolean {
    return held > 0 || performance.now() - lastMs < ACTIVE_MS;
  }

  #shareOf(job: J): Share {
    const queue = this.#queueOf(job);
    let share = this.#shares.get(queue);
    if (share === undefined) this.#shares.set(queue, (share = { held: 0, sizes: new Map(), lastMs: -Infinity }));
    return share;
  }
}
