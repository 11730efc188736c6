import type { StoredMessage } from "./stored-message.js";

const dueOf = (message: StoredMessage): number => message.envelope.eta ?? 0;

const isBefore = (a: StoredMessage, b: StoredMessage): boolean =>
  dueOf(a) < dueOf(b) || (dueOf(a) === dueOf(b) && a.seq < b.seq);

/** Messages that wait for their time, as a binary heap: the next one due is on top, equals in the order they came. */
export class DelayedHeap {
  readonly #items: StoredMessage[] = [];

  get length(): number {
    return this.#items.length;
  }

  /** When the next one is due, epoch milliseconds. */
  get nextDue(): number | undefined {
    const top = this.#items[0];
    return top === undefined ? undefined : dueOf(top);
  }

  push(message: StoredMessage): void {
    const items = this.#items;
    let index = items.length;
    items.push(message);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(message, items[parent]!)) break;
      items[index] = items[parent]!;
      index = parent;
    }
    items[index] = message;
  }

  pop(): StoredMessage | undefined {
    const top = this.#items[0];
    const last = this.#items.pop();
    if (last !== undefined && last !== top) this.#sink(last);
    return top;
  }

  /** Puts `message` on top and moves it down to its place. */
  #sink(message: StoredMessage): void {
    const items = this.#items;
    let index = 0;
    for (;;) {
      const child = this.#earlierChild(index);
      if (child === undefined || !isBefore(items[child]!, message)) break;
      items[index] = items[child]!;
      index = child;
    }
    items[index] = message;
  }

  #earlierChild(index: number): number | undefined {
    const left = 2 * index + 1;
    const right = left + 1;
    if (left >= this.#items.length) return undefined;
    return right < this.#items.length && isBefore(this.#items[right]!, this.#items[left]!) ? right : left;
  }
}
