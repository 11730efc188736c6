import type { StoredMessage } from "./stored-message.js";

const HIGHEST = 9;

/** Messages that may be delivered now: one linked list for each priority, so that every step costs the same at any length. */
export class ReadyList {
  readonly #heads: (StoredMessage | undefined)[] = new Array<undefined>(HIGHEST + 1).fill(undefined);
  readonly #tails: (StoredMessage | undefined)[] = new Array<undefined>(HIGHEST + 1).fill(undefined);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  pushBack(message: StoredMessage): void {
    const level = levelOf(message);
    const tail = this.#tails[level];
    if (tail === undefined) this.#heads[level] = message;
    else tail.next = message;
    this.#tails[level] = message;
    this.#length++;
  }

  pushFront(message: StoredMessage): void {
    const level = levelOf(message);
    message.next = this.#heads[level];
    this.#heads[level] = message;
    this.#tails[level] ??= message;
    this.#length++;
  }

  /** The first message of the highest priority that has one. */
  shift(): StoredMessage | undefined {
    for (let level = HIGHEST; level >= 0; level--) {
      const head = this.#heads[level];
      if (head !== undefined) return this.#unlink(head, level);
    }
    return undefined;
  }

  #unlink(head: StoredMessage, level: number): StoredMessage {
    this.#heads[level] = head.next;
    if (head.next === undefined) this.#tails[level] = undefined;
    head.next = undefined;
    this.#length--;
    return head;
  }
}

const levelOf = (message: StoredMessage): number =>
  Math.min(HIGHEST, Math.max(0, Math.trunc(message.envelope.priority)));
