import type { ResultBackend } from "./result-backend.js";

/** Items that a task yields, in order. */
export interface StreamChunk {
  readonly id: string;
  /** The number of the first one; items are counted from 1. */
  readonly first: number;
  /** Encoded. */
  readonly items: readonly Uint8Array[];
  /** Nothing follows. */
  readonly ends: boolean;
  /** How long what is stored is kept after the last change, in milliseconds. */
  readonly ttlMs: number;
}

/** How far a stream has come. */
export interface StreamPosition {
  /** The number of the last item that is stored; 0: none. */
  readonly written: number;
  /** The number of the last item that the reader has done with; 0: none. */
  readonly read: number;
}

/** What a reader asks for. */
export interface StreamPull {
  readonly id: string;
  /** The reader has done with the items up to this number; those that are stored are removed, and the writer is told. */
  readonly after: number;
  /** At most so many items, and about so many bytes, but one item if there is one. */
  readonly maxItems: number;
  readonly maxBytes: number;
}

/** What a reader gets. */
export interface StreamPage {
  /** The number of the first item. More than `after + 1`: somebody else has read those before. */
  readonly first: number;
  readonly items: readonly Uint8Array[];
  /** The item after which nothing follows is one of these, or was read before. */
  readonly ended: boolean;
}

/**
 * Optional power of a result backend: to pass on what a task yields, through a bounded window, to one reader. `forget` removes
 * streams too.
 */
export interface Streaming {
  /**
   * Stores the items whose numbers are new, and the end, after which nothing is stored; a chunk that comes again changes nothing.
   * Where nothing is stored any more, what comes before the chunk counts as read.
   */
  push(chunk: StreamChunk): Promise<StreamPosition>;
  /**
   * Resolves when the reader has done with more than `read` items, or nothing is stored any more (`written` is 0 then); rejects
   * with the signal's reason.
   */
  drained(id: string, read: number, signal: AbortSignal): Promise<StreamPosition>;
  /**
   * The items after `after`: at once when there are some or the stream has ended, otherwise as soon as there are. Checks again
   * after every reconnect; rejects with the signal's reason.
   */
  pull(request: StreamPull, signal: AbortSignal): Promise<StreamPage>;
}

export function canStream(results: ResultBackend): results is ResultBackend & Streaming {
  return "pull" in results;
}
