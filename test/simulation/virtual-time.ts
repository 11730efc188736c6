import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { EventQueue, type Owner, type SimulatedEvent } from "./event-queue.js";

/** Whose code runs now: timers are their process's, and end with it. */
export const currentOwner = new AsyncLocalStorage<Owner>();

const yieldToNode = setImmediate;

/** An arbitrary moment at which every simulation begins, epoch milliseconds. */
export const START_MS = 1_700_000_000_000;
const NOTHING_WAITS = 20;

/**
 * The only clock of a simulation. Time does not pass: it jumps to the next event when all code that can run has run, so that an
 * hour costs what happens in it, and the same program always runs in the same order.
 */
export class VirtualTime {
  readonly #queue = new EventQueue();
  #now = START_MS;
  #seq = 0;
  #steps = 0;

  /** Epoch milliseconds. */
  get now(): number {
    return this.#now;
  }

  /** Since the simulation began. */
  get elapsed(): number {
    return this.#now - START_MS;
  }

  /** How many events have happened. */
  get steps(): number {
    return this.#steps;
  }

  after(ms: number, run: () => void, owner?: Owner): SimulatedEvent {
    const event = { at: this.#now + Math.max(0, ms), seq: this.#seq++, run, owner, isCancelled: false };
    this.#queue.push(event);
    return event;
  }

  /** A timer of the code that runs now: with its asynchronous context, of its process. */
  timer(ms: number, ring: () => void): SimulatedEvent {
    const resource = new AsyncResource("VirtualTimer");
    return this.after(ms, () => resource.runInAsyncScope(ring), currentOwner.getStore());
  }

  /** Lets things happen until `isOver` says so, `limitMs` have passed, or nothing is left to happen. */
  run(isOver: () => boolean, limitMs: number): Promise<void> {
    const end = this.#now + limitMs;
    return new Promise((resolve, reject) => {
      let idle = 0;
      const turn = (): void => {
        try {
          if (isOver()) return resolve();
          // n.b. what was just imported for the first time takes real turns of the event loop
          if (this.#step(end)) idle = 0;
          else if (++idle > NOTHING_WAITS) return resolve();
        } catch (error) {
          return reject(error);
        }
        yieldToNode(turn);
      };
      yieldToNode(turn);
    });
  }

  /** n.b. one event for each turn of Node's event loop: all microtasks run between two of them. */
  #step(end: number): boolean {
    for (let event = this.#queue.pop(); event !== undefined; event = this.#queue.pop()) {
      if (event.isCancelled || event.owner?.isAlive === false) continue;
      const due = Math.max(event.at, event.owner?.frozenUntil ?? 0);
      if (due > event.at) {
        event.at = due;
        event.seq = this.#seq++;
        this.#queue.push(event);
        continue;
      }
      if (event.at > end) {
        this.#queue.push(event);
        this.#now = end;
        return false;
      }
      this.#now = Math.max(this.#now, event.at);
      this.#steps++;
      event.run();
      return true;
    }
    return false;
  }
}
