import { KEPT_EVENTS, type ResultEvent, type SequencedEvent } from "../../result-backend.js";
import { keepAlive } from "../keep-alive.js";
import { groupBy, inChunks } from "./chunks.js";
import type { Hub } from "./hub.js";
import { lifetime, packEvent, unpackEvent } from "./record-format.js";
import { append, eventsAfter } from "./scripts.js";
import type { Subscriber } from "./subscriber.js";

const LIMIT_MS = 30_000;
const PAGE = 500;

const limit = (): AbortSignal => AbortSignal.timeout(LIMIT_MS);

/** What happened to each task before its end: a list for each, of the last ones. */
export class EventLog {
  readonly #hub: Hub;
  readonly #subscriber: Subscriber;
  readonly #writer: string;
  readonly #watching = new Set<() => void>();
  #written = 0;
  #closed: Error | undefined;

  /** `writer` is unique. */
  constructor(hub: Hub, subscriber: Subscriber, writer: string) {
    this.#hub = hub;
    this.#subscriber = subscriber;
    this.#writer = writer;
  }

  async append(batch: readonly ResultEvent[]): Promise<void> {
    this.#hub.open();
    const groups = [...groupBy(batch, ({ id }) => id).values()];
    const chunks = groups.flatMap((group) => inChunks(group, ({ body }) => body.length, PAGE));
    await Promise.all(chunks.map((chunk) => this.#appendChunk(chunk)));
  }

  async latest(ids: readonly string[]): Promise<readonly (SequencedEvent | undefined)[]> {
    this.#hub.open();
    return this.#hub.perform((session) => {
      const last = async (id: string): Promise<SequencedEvent | undefined> => {
        const key = this.#hub.keys.events(id);
        const bytes = (await session.call("lindex", key, -1)) as Buffer | null;
        return bytes === null ? undefined : unpackEvent(id, bytes);
      };
      return Promise.all(ids.map(last));
    }, limit());
  }

  async forget(ids: readonly string[]): Promise<void> {
    this.#hub.open();
    await this.#hub.perform(
      (session) => Promise.all(ids.map((id) => session.call("unlink", this.#hub.keys.events(id)))),
      limit(),
    );
  }

  async *watch(id: string, after: number, signal: AbortSignal): AsyncGenerator<SequencedEvent, void> {
    if (signal.aborted) return;
    const bell = new Bell();
    const ring = bell.ring;
    const listener = { message: ring, resumed: ring };
    const key = this.#hub.keys.events(id);
    const letGo = keepAlive();
    signal.addEventListener("abort", ring, { once: true });
    this.#watching.add(ring);
    try {
      await Promise.race([this.#subscriber.listen(key, listener), bell.rung()]);
      for (let seen = after; !signal.aborted;) {
        bell.reset();
        const events = await this.#read(id, seen, signal);
        for (const event of events) {
          if (signal.aborted) return;
          seen = event.seq;
          yield event;
        }
        if (events.length === 0) await bell.rung();
        if (this.#closed !== undefined) throw this.#closed;
      }
    } finally {
      letGo();
      this.#watching.delete(ring);
      signal.removeEventListener("abort", ring);
      this.#subscriber.unlisten(key, listener);
    }
  }

  close(reason: Error): void {
    this.#closed = reason;
    for (const ring of this.#watching) ring();
  }

  async #read(id: string, after: number, signal: AbortSignal): Promise<SequencedEvent[]> {
    const key = this.#hub.keys.events(id);
    try {
      const range = this.#hub.perform((session) => session.script(eventsAfter, [key], [after]), signal);
      return ((await range) as Buffer[]).map((bytes) => unpackEvent(id, bytes));
    } catch (error) {
      if (signal.aborted) return [];
      throw this.#closed ?? error;
    }
  }

  async #appendChunk(chunk: readonly ResultEvent[]): Promise<void> {
    const { id, ttlMs } = chunk[0]!;
    const events = chunk.map((event) => packEvent(event, `${this.#writer}:${++this.#written}`));
    await this.#hub.perform((session, repeated) => {
      return session.script(
        append,
        [this.#hub.keys.events(id)],
        [lifetime(ttlMs), repeated ? 1 : 0, KEPT_EVENTS, ...events],
      );
    }, limit());
  }
}

/** Wakes one loop: a ring since the last `reset` counts. n.b. several may wait, and none of them takes a ring away. */
class Bell {
  #isRung = false;
  #wake: (() => void) | undefined;
  #rung: Promise<void> | undefined;

  readonly ring = (): void => {
    this.#isRung = true;
    this.#wake?.();
  };

  reset(): void {
    this.#isRung = false;
    this.#rung = undefined;
  }

  async rung(): Promise<void> {
    if (this.#isRung) return;
    await (this.#rung ??= new Promise<void>((resolve) => (this.#wake = resolve)));
  }
}
