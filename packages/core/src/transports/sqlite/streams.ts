import type { StreamChunk, StreamPage, StreamPosition, StreamPull } from "../../streaming.js";
import { WakeUp } from "../wake-up.js";
import { FARTHEST_MS, packRows, transferBatch, unpackRows } from "./columns.js";
import type { SqlRow } from "./driver.js";
import type { Membership } from "./membership.js";
import { readerTopic, writerTopic } from "./stream-topics.js";

/** Looks whether what is waited for is there. */
type Look<T> = () => Promise<T | undefined>;

/** What tasks yield, on its way to their readers. */
export class Streams {
  readonly #membership: Membership;
  /** Who waits for news of which topic. */
  readonly #waiting = new Map<string, Set<WakeUp>>();
  #closed: Error | undefined;

  constructor(membership: Membership) {
    this.#membership = membership;
  }

  async push({ id, first, items, ends, ttlMs }: StreamChunk): Promise<StreamPosition> {
    const batch = packRows(items.map((item) => [item]));
    const transfers: ArrayBuffer[] = [];
    transferBatch(batch, transfers);
    const chunk = { task: id, first, ends, ttl: Math.min(FARTHEST_MS, ttlMs), items: batch };
    return this.#membership.request("streamPush", chunk, transfers);
  }

  async drained(id: string, read: number, signal: AbortSignal): Promise<StreamPosition> {
    return this.#until(writerTopic(id), signal, async () => {
      const position = await this.#membership.request("streamPosition", { task: id });
      return position.written === 0 || position.read > read ? position : undefined;
    });
  }

  async pull({ id, ...request }: StreamPull, signal: AbortSignal): Promise<StreamPage> {
    const fields = { task: id, ...request };
    let isAcknowledged = false;
    return this.#until(readerTopic(id), signal, async () => {
      const batch = await this.#membership.request(isAcknowledged ? "streamPage" : "streamPull", fields);
      const [head, ...items] = unpackRows(batch);
      isAcknowledged = head !== undefined && (head[0] as number) > request.after;
      return head && toPage(head, items);
    });
  }

  notify(topic: string): void {
    for (const wakeUp of this.#waiting.get(topic) ?? []) wakeUp.ring();
  }

  /** Tells a new database thread who waits. */
  restart(): void {
    for (const topic of this.#waiting.keys()) {
      this.#membership.tell("listen", { topic });
      this.notify(topic);
    }
  }

  close(reason: Error): void {
    this.#closed = reason;
    for (const topic of this.#waiting.keys()) this.notify(topic);
  }

  /** What `look` finds, now or after news. */
  async #until<T>(topic: string, signal: AbortSignal, look: Look<T>): Promise<T> {
    signal.throwIfAborted();
    const found = await this.#try(look);
    signal.throwIfAborted();
    return found ?? this.#wait(topic, signal, look);
  }

  async #wait<T>(topic: string, signal: AbortSignal, look: Look<T>): Promise<T> {
    const wakeUp = new WakeUp([signal]);
    const letGo = this.#membership.hold();
    this.#add(topic, wakeUp);
    try {
      for (;;) {
        const found = await this.#try(look);
        signal.throwIfAborted();
        if (found !== undefined) return found;
        await wakeUp.rung();
      }
    } finally {
      letGo();
      wakeUp.dispose();
      this.#remove(topic, wakeUp);
    }
  }

  /** Without a database thread there is nothing to read; its successor rings. */
  async #try<T>(look: Look<T>): Promise<T | undefined> {
    if (this.#closed !== undefined) throw this.#closed;
    try {
      return await look();
    } catch (error) {
      if (this.#closed !== undefined || this.#membership.isUp) throw this.#closed ?? error;
      return undefined;
    }
  }

  #add(topic: string, wakeUp: WakeUp): void {
    const known = this.#waiting.get(topic);
    if (known !== undefined) return void known.add(wakeUp);
    this.#waiting.set(topic, new Set([wakeUp]));
    this.#membership.tell("listen", { topic });
  }

  #remove(topic: string, wakeUp: WakeUp): void {
    const waiting = this.#waiting.get(topic);
    if (waiting?.delete(wakeUp) !== true || waiting.size > 0) return;
    this.#waiting.delete(topic);
    this.#membership.tell("unlisten", { topic });
  }
}

/** Where there is nothing to read yet, none. */
function toPage(head: SqlRow, items: readonly SqlRow[]): StreamPage | undefined {
  const ended = head[1] === 1;
  if (items.length === 0 && !ended) return undefined;
  return { first: head[0] as number, items: items.map((row) => row[2] as Uint8Array), ended };
}
