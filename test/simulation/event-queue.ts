/** Something that happens at a time of the simulation. */
export interface SimulatedEvent {
  at: number;
  seq: number;
  readonly run: () => void;
  /** Whose it is: it does not happen when that one is dead, and waits while that one stands still. */
  readonly owner: Owner | undefined;
  isCancelled: boolean;
}

/** A simulated process, as its timers know it. */
export interface Owner {
  readonly isAlive: boolean;
  /** It stands still until then. */
  readonly frozenUntil: number;
}

const isBefore = (a: SimulatedEvent, b: SimulatedEvent): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq);

/** A binary heap: the earliest first, those of one time in the order in which they came. */
export class EventQueue {
  readonly #heap: SimulatedEvent[] = [];

  get size(): number {
    return this.#heap.length;
  }

  push(event: SimulatedEvent): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(event, heap[above]!)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = event;
  }

  pop(): SimulatedEvent | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    this.#sink(last);
    return first;
  }

  #sink(event: SimulatedEvent): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
      if (!isBefore(heap[below]!, event)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = event;
  }
}
