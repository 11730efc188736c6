import type { StreamChunk, StreamPage, StreamPosition, StreamPull } from "../streaming.js";
import { ExpiringMap } from "./expiring-map.js";
import { keepAlive } from "./keep-alive.js";
import { Waiters } from "./waiters.js";

interface Stored {
  /** Those after `read`. */
  readonly items: Uint8Array[];
  written: number;
  read: number;
  ended: boolean;
  ttlMs: number;
}

/** Who waits, and until when. */
export interface Waiting {
  readonly signal: AbortSignal;
  readonly owner: object;
}

/** What tasks yield, on its way to their readers, within this process. */
export class Streams {
  readonly #streams: ExpiringMap<Stored>;
  readonly #readers = new Waiters<void>({ hold: keepAlive });
  readonly #writers = new Waiters<void>({ hold: keepAlive });

  constructor(now: () => number) {
    this.#streams = new ExpiringMap(now);
  }

  push({ id, first, items, ends, ttlMs }: StreamChunk): StreamPosition {
    const known = this.#streams.get(id);
    const stream = known !== undefined && first <= known.written + 1 ? known : begun(first, ttlMs);
    const fresh = stream.ended ? [] : items.slice(Math.max(0, stream.written + 1 - first));
    stream.items.push(...fresh);
    stream.written += fresh.length;
    stream.ended ||= ends;
    stream.ttlMs = ttlMs;
    this.#streams.set(id, stream, ttlMs);
    if (fresh.length > 0 || ends) this.#readers.serve(id, undefined);
    return positionOf(stream);
  }

  async drained(id: string, read: number, { signal, owner }: Waiting): Promise<StreamPosition> {
    for (;;) {
      signal.throwIfAborted();
      const stream = this.#streams.get(id);
      if (stream === undefined) return NOTHING;
      if (stream.read > read) return positionOf(stream);
      await this.#writers.wait(id, signal, owner);
    }
  }

  async pull(request: StreamPull, { signal, owner }: Waiting): Promise<StreamPage> {
    const { id } = request;
    for (;;) {
      signal.throwIfAborted();
      const stream = this.#streams.get(id);
      if (stream !== undefined) {
        this.#advance(stream, request);
        if (stream.items.length > 0 || stream.ended) return pageOf(stream, request);
      }
      await this.#readers.wait(id, signal, owner);
    }
  }

  forget(id: string): void {
    this.#streams.delete(id);
    this.#writers.serve(id, undefined);
  }

  dismiss(owner: object, reason: Error): void {
    this.#readers.dismiss(reason, owner);
    this.#writers.dismiss(reason, owner);
  }

  dispose(): void {
    this.#streams.dispose();
  }

  #advance(stream: Stored, { id, after }: StreamPull): void {
    const count = Math.min(after, stream.written) - stream.read;
    if (count <= 0) return;
    stream.items.splice(0, count);
    stream.read += count;
    this.#streams.set(id, stream, stream.ttlMs);
    this.#writers.serve(id, undefined);
  }
}

const NOTHING: StreamPosition = { written: 0, read: 0 };

/** n.b. what was stored before may have ended with its time, or been forgotten. */
const begun = (first: number, ttlMs: number): Stored => ({
  items: [],
  written: first - 1,
  read: first - 1,
  ended: false,
  ttlMs,
});

const positionOf = ({ written, read }: Stored): StreamPosition => ({ written, read });

function pageOf({ items, read, written, ended }: Stored, { maxItems, maxBytes }: StreamPull): StreamPage {
  const page: Uint8Array[] = [];
  let bytes = 0;
  for (const item of items) {
    bytes += item.length;
    if (page.length === maxItems || (page.length > 0 && bytes > maxBytes)) break;
    page.push(item);
  }
  return { first: read + 1, items: page, ended: ended && read + page.length === written };
}
