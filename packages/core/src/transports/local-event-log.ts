import { KEPT_EVENTS, type ResultEvent, type SequencedEvent } from "../result-backend.js";
import { ExpiringMap } from "./expiring-map.js";
import { Waiters } from "./waiters.js";
import { keepAlive } from "./keep-alive.js";

/** What happened to each task before its end, numbered from 1; the last events of each are kept. */
export class EventLog {
  readonly #events: ExpiringMap<SequencedEvent[]>;
  readonly #waiters = new Waiters<void>({ hold: keepAlive });

  constructor(now: () => number) {
    this.#events = new ExpiringMap(now);
  }

  append(event: ResultEvent): void {
    const events = this.#events.get(event.id) ?? [];
    events.push({ ...event, seq: (events.at(-1)?.seq ?? 0) + 1 });
    if (events.length > KEPT_EVENTS) events.shift();
    this.#events.set(event.id, events, event.ttlMs);
    this.#waiters.serve(event.id, undefined);
  }

  latest(id: string): SequencedEvent | undefined {
    return this.#events.get(id)?.at(-1);
  }

  forget(id: string): void {
    this.#events.delete(id);
  }

  async *watch(
    id: string,
    after: number,
    watching: { signal: AbortSignal; owner: object },
  ): AsyncGenerator<SequencedEvent> {
    const { signal, owner } = watching;
    let seen = after;
    while (!signal.aborted) {
      const next = this.#next(id, seen);
      if (next === undefined) {
        await this.#waiters.wait(id, signal, owner).catch(endIfAborted(signal));
      } else {
        seen = next.seq;
        yield next;
      }
    }
  }

  /** The first one after a number. */
  #next(id: string, after: number): SequencedEvent | undefined {
    const events = this.#events.get(id);
    const first = events?.[0]?.seq ?? 1;
    return events?.[Math.max(0, after + 1 - first)];
  }

  dismiss(owner: object, reason: Error): void {
    this.#waiters.dismiss(reason, owner);
  }

  dispose(): void {
    this.#events.dispose();
  }
}

const endIfAborted = (signal: AbortSignal) => (reason: unknown) => {
  if (!signal.aborted) throw reason;
};
