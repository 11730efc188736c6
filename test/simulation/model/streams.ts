import type { StreamChunk, Streaming, StreamPage, StreamPosition, StreamPull } from "@taskgen/core/internal";
import type { Mutant } from "../mutants.js";
import type { ModelStore } from "./store.js";

/** What streams live in. */
export interface StreamsHost {
  /** Those of the broker in memory. */
  readonly streams: Streaming;
  readonly store: ModelStore;
  readonly mutant: Mutant | undefined;
}

/** The streams of the model store. Every method is one step that nothing divides. */
export class ModelStreams {
  readonly #host: StreamsHost;
  /** The last item that each reader has done with. */
  readonly #read = new Map<string, number>();

  constructor(host: StreamsHost) {
    this.#host = host;
  }

  async push(chunk: StreamChunk): Promise<StreamPosition> {
    const { streams, store, mutant } = this.#host;
    const position = await streams.push(mutant === "rerun-items-not-recognised" ? await this.#anew(chunk) : chunk);
    store.tell(chunk.id);
    return position;
  }

  /** `undefined`: there is nothing to read yet. */
  async pull(request: StreamPull): Promise<StreamPage | undefined> {
    const { streams, mutant } = this.#host;
    const page = await unlessItWaits((signal) => streams.pull(request, signal));
    this.#noteRead(request);
    if (mutant !== "page-removed-at-once" || page === undefined) return page;
    const after = page.first + page.items.length - 1;
    await unlessItWaits((signal) => streams.pull({ ...request, after }, signal));
    return page;
  }

  /** `undefined`: the reader has not read on. */
  drained(id: string, read: number): Promise<StreamPosition | undefined> {
    return unlessItWaits((signal) => this.#host.streams.drained(id, read, signal));
  }

  /** Tells the writer. */
  #noteRead({ id, after }: StreamPull): void {
    if (after <= (this.#read.get(id) ?? 0)) return;
    this.#read.set(id, after);
    this.#host.store.tell(id);
  }

  async #anew(chunk: StreamChunk): Promise<StreamChunk> {
    if (chunk.items.length === 0) return chunk;
    const { written } = await this.#host.streams.push({ ...chunk, items: [], ends: false });
    return { ...chunk, first: Math.max(chunk.first, written + 1) };
  }
}

const WAITS = new Error("it waits");

async function unlessItWaits<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const wait = new AbortController();
  const answer = ask(wait.signal);
  wait.abort(WAITS);
  try {
    return await answer;
  } catch (error) {
    if (error === WAITS) return undefined;
    throw error;
  }
}
