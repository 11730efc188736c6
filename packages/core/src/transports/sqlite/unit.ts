import type { Store } from "./store.js";

/** What one transaction did that matters outside of it. Nothing of it is true before the commit. */
export class Unit {
  readonly now = Date.now();
  readonly #effects: (() => void)[] = [];
  readonly #undo: (() => void)[] = [];
  readonly #ready = new Set<string>();
  readonly #freed = new Map<object, number>();
  /** Delayed messages were added. */
  delayed = false;
  /** Messages came back that another process should know of. */
  returned = false;
  results = false;
  events = false;
  topics = false;

  /** Runs `effect` once the transaction is committed. */
  after(effect: () => void): void {
    this.#effects.push(effect);
  }

  /** Runs `undo` when the transaction failed. */
  otherwise(undo: () => void): void {
    this.#undo.push(undo);
  }

  /** A message was put into a queue. */
  addReady(store: Store, queue: string): void {
    this.#ready.add(`${store.prefix}\0${queue}`);
  }

  /** All that was ready in a queue was claimed here. */
  addDrained(store: Store, queue: string): void {
    this.#ready.delete(`${store.prefix}\0${queue}`);
  }

  /** A delivery of a subscription ended. */
  addFreed(subscription: object): void {
    this.#freed.set(subscription, this.freedOf(subscription) + 1);
  }

  freedOf(subscription: object): number {
    return this.#freed.get(subscription) ?? 0;
  }

  /** Whether there is work that this process leaves to others. */
  get leavesWork(): boolean {
    return this.#ready.size > 0 || this.delayed || this.returned;
  }

  apply(): void {
    for (const effect of this.#effects) effect();
  }

  undo(): void {
    for (const undo of this.#undo) undo();
  }
}
