import type { SequencedEvent } from "../../result-backend.js";
import { WakeUp } from "../wake-up.js";
import { toEvent, unpackRows } from "./columns.js";
import type { Membership } from "./membership.js";

/** Who in this process follows the events of which tasks. */
export class EventWatch {
  readonly #membership: Membership;
  readonly #bells = new Map<string, Set<WakeUp>>();
  #closed: Error | undefined;

  constructor(membership: Membership) {
    this.#membership = membership;
  }

  async *watch(id: string, after: number, signal: AbortSignal): AsyncGenerator<SequencedEvent, void> {
    if (signal.aborted) return;
    const bell = this.#add(id, signal);
    const letGo = this.#membership.hold();
    let seen = after;
    try {
      while (!signal.aborted) {
        const events = await this.#read(id, seen);
        for (const event of events) {
          if (signal.aborted) return;
          seen = event.seq;
          yield event;
        }
        // n.b. it rejects when the signal has aborted
        if (events.length === 0) await bell.rung().catch(() => {});
        if (this.#closed !== undefined) throw this.#closed;
      }
    } finally {
      letGo();
      this.#remove(id, bell);
    }
  }

  notify(ids: readonly string[]): void {
    for (const id of ids) for (const bell of this.#bells.get(id) ?? []) bell.ring();
  }

  /** Tells a new database thread who watches. */
  restart(): void {
    for (const id of this.#bells.keys()) this.#membership.tell("watch", { task: id });
    this.notify([...this.#bells.keys()]);
  }

  close(reason: Error): void {
    this.#closed = reason;
    this.notify([...this.#bells.keys()]);
  }

  /** Without a database thread there is nothing to read; its successor rings. */
  async #read(id: string, after: number): Promise<SequencedEvent[]> {
    try {
      return unpackRows(await this.#membership.request("events", { task: id, after })).map(toEvent);
    } catch (error) {
      if (this.#closed !== undefined || this.#membership.isUp) throw this.#closed ?? error;
      return [];
    }
  }

  #add(id: string, signal: AbortSignal): WakeUp {
    const bell = new WakeUp([signal]);
    const bells = this.#bells.get(id);
    if (bells === undefined) {
      this.#bells.set(id, new Set([bell]));
      this.#membership.tell("watch", { task: id });
    } else bells.add(bell);
    return bell;
  }

  #remove(id: string, bell: WakeUp): void {
    bell.dispose();
    const bells = this.#bells.get(id);
    if (bells?.delete(bell) !== true || bells.size > 0) return;
    this.#bells.delete(id);
    this.#membership.tell("unwatch", { task: id });
  }
}
